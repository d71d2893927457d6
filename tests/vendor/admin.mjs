// Runs every call of the admin API that comes with `@scute/node`, and prints what each gave.
import { createRequire } from "node:module";

const [packages, appId, baseUrl, secretKey, access, refresh, other] = process.argv.slice(2);
const { ScuteAdminApi } = createRequire(`${packages}/`)("@scute/node");
const admin = new ScuteAdminApi({ appId, baseUrl, secretKey });
const given = {};

async function run(name, ...args) {
  const { data, error } = await admin[name](...args);
  given[name] = error ? { code: error.code } : data;
  return data;
}

await run("getAppData");
const { user } = await run("createUser", "bob@example.com", { first_name: "Bob" });
await run("getUser", user.id);
await run("getUserByIdentifier", "bob@example.com");
await run("getUserByUserId", user.id);
await run("updateUser", user.id, { user_meta: { last_name: "Stone" } });
await run("deactivateUser", user.id);
await run("activateUser", user.id);
await run("deleteUser", user.id);
await run("inviteUser", "eve@example.com");
await run("listUsers", { email: "ana@example.com" });
await run("refresh", refresh);
await run("forceRefresh", refresh);
await run("refreshWithAccess", access);
await run("signOut", other);
const [session] = await run("listUserSessions", given.refresh.user_id);
await run("revokeUserSession", given.refresh.user_id, session.id);
console.log(JSON.stringify(given));
