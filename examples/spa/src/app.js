// A page that signs in with Scute's own client, in front of a backend behind scute-auth.
//
// The access token lies in the cookie that the backend writes, where this script can read it. The
// refresh token is in a cookie that no script can read: only the backend renews the session.

import {
  AUTH_CHANGE_EVENTS as EVENTS,
  SCUTE_ACCESS_STORAGE_KEY as ACCESS,
  SCUTE_MAGIC_PARAM as MAGIC,
  ScuteCookieStorage,
  createClient,
} from "@scute/core";

const TEN_MINUTES = 600_000;
const ABOUT_THE_SESSION = [
  EVENTS.INITIAL_SESSION,
  EVENTS.SIGNED_IN,
  EVENTS.SIGNED_OUT,
  EVENTS.SESSION_EXPIRED,
  EVENTS.TOKEN_REFRESHED,
];

// First of all: a link's token must not stay in the address bar, or in the history.
const magicToken = takeMagicToken();
const { app_id: appId, base_url: baseUrl } = await (await fetch("/settings")).json();

/** The backend's cookies: their names end in the app's id, which this client does not know of. */
class BackendCookies extends ScuteCookieStorage {
  getCookie(key) {
    const start = `${key}__${appId}=`;
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(start));
    return found ? decodeURIComponent(found.slice(start.length)) : null;
  }

  setCookie(key, value, { expires }) {
    this.#write(key, encodeURIComponent(value), `expires=${expires.toUTCString()}`);
  }

  deleteCookie(key) {
    this.#write(key, "", "max-age=0");
  }

  #write(key, value, life) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${key}__${appId}=${value}; path=/; samesite=lax; ${life}${secure}`;
  }
}

const cookies = new BackendCookies();
const client = createClient({ appId, baseUrl, preferences: { sessionStorageAdapter: cookies } });
client.setRefreshProxyCallback(async () => (await tellBackend("refresh")).json());

/** POST to one of the backend's routes for this client, with the token against forged requests. */
async function tellBackend(route, headers = {}) {
  const csrf = await (await fetch("/auth/csrf")).text();
  const answer = await fetch(`/auth/${route}`, {
    method: "POST",
    headers: { ...headers, "X-CSRF-Token": csrf },
  });
  if (!answer.ok) throw new Error(`The backend answered ${answer.status} to ${route}.`);
  return answer;
}

/** What a call of the client came to; what went wrong is thrown. */
function dataOf({ data, error }) {
  if (error) throw new Error(error.json?.error ?? error.message);
  return data;
}

async function askForCodeOrLink(identifier) {
  const sent = dataOf(await client.signInOrUp(identifier, { webauthn: "disabled" }));
  localStorage.setItem("asked-at", Date.now());
  for (const place of document.querySelectorAll("[data-address]")) place.textContent = identifier;
  part("otp").value = "";
  show("otp" in sent ? "code" : "link");
}

/** Scute has let the person in: the backend takes the session over, and the client goes on. */
async function enter({ authPayload }) {
  if (!authPayload.access) throw new Error("This account asks for more than this page can do.");
  await tellBackend("sign-in", { Authorization: `Bearer ${authPayload.access}` });
  dataOf(await client.signInWithTokenPayload({ access: cookies.getCookie(ACCESS) }));
}

async function enterByCode(code) {
  await enter(dataOf(await client.verifyOtp(code, part("identifier").value)));
}

async function enterByLink() {
  await enter(dataOf(await client.verifyMagicLinkToken(magicToken)));
}

async function callApi() {
  const { access } = dataOf(await client.getAuthToken());
  const headers = { "X-Authorization": access };
  const answer = await fetch("/api/me", { headers, credentials: "omit" });
  part("answer").textContent = await answer.text();
}

/** Where the backend cannot renew it now, the client keeps the session that it has. */
async function renew() {
  const session = dataOf(await client.refreshSession());
  if (!cookies.getCookie(ACCESS)) return seeOut();
  const end = session.accessExpiresAt.toLocaleTimeString();
  part("answer").textContent = `The session is good until ${end}`;
}

/** At the backend first: it ends the session at Scute, and drops both cookies. */
async function leave() {
  await tellBackend("sign-out");
  await client.signOut();
}

function takeMagicToken() {
  const url = new URL(location);
  const token = url.searchParams.get(MAGIC);
  if (token) history.replaceState(null, "", url.pathname);
  return token;
}

// What is shown

const part = (id) => document.getElementById(id);
let shown = "loading";

function show(id) {
  part(shown).hidden = true;
  part((shown = id)).hidden = false;
  (part(id).querySelector("input") ?? part(id).querySelector("h1")).focus();
}

function welcome(user) {
  part("who").textContent = part("name").textContent = user.email ?? user.phone ?? user.id;
  if (shown !== "welcome") show("welcome");
}

function seeOut() {
  part("who").textContent = "not signed in";
  part("answer").textContent = "";
  show("sign-in");
}

/** Do it, and say what went wrong. */
async function attempt(action) {
  part("problem").textContent = "";
  await action().catch((error) => (part("problem").textContent = error.message));
}

/** Once at a time: a second click while the first is under way does nothing. */
function on(element, event, action) {
  let busy = false;
  element.addEventListener(event, async (happened) => {
    happened.preventDefault();
    if (busy) return;
    busy = true;
    await attempt(action);
    busy = false;
  });
}

on(part("sign-in"), "submit", () => askForCodeOrLink(part("identifier").value));
on(part("code"), "submit", () => enterByCode(part("otp").value));
on(part("confirm"), "submit", enterByLink);
on(part("call"), "click", callApi);
on(part("refresh"), "click", renew);
on(part("sign-out"), "click", leave);
for (const button of document.querySelectorAll("[data-back]")) {
  on(button, "click", async () => show("sign-in"));
}

client.onAuthStateChange((event, session, user) => {
  if (!ABOUT_THE_SESSION.includes(event)) return;
  if (user) welcome(user);
  else if (["loading", "welcome"].includes(shown)) seeOut();
});

if (magicToken) {
  const askedAt = Number(localStorage.getItem("asked-at"));
  localStorage.removeItem("asked-at");
  if (Date.now() - askedAt < TEN_MINUTES) attempt(enterByLink);
  else show("confirm");
}
