"""The journey of a visitor through an example, over HTTP: what `--check` walks.

It knows the pages by their routes and their forms, as a browser does, and the emulator by its
control endpoints. Each step either passes or says what it saw instead.
"""

import re
from collections.abc import Callable
from html import unescape
from http.cookiejar import Cookie
from urllib.parse import urljoin

import httpx2

__all__ = ["Journey", "walk"]

MAGIC, OAUTH = "ada@example.com", "grace@example.com"
ACCESS, REFRESH = "access", "refresh"


class StepFailed(Exception):
    """A step saw something else than it should."""


def walk(app: str, scute: str, framework: str) -> int:
    """Walk all steps and print each; 0 if all passed, else 1."""
    print(f"{framework}: the journey of a visitor, against the emulator")
    with httpx2.Client(timeout=10.0) as client:
        journey = Journey(client, app, scute)
        for name, step in journey.steps():
            try:
                step()
            except (StepFailed, httpx2.HTTPError) as error:
                print(f"  FAILED  {name}: {error}")
                return 1
            print(f"  ok      {name}")
    return 0


class Journey:
    def __init__(self, client: httpx2.Client, app: str, scute: str) -> None:
        self._client = client
        self._app = app
        self._scute = scute
        self._old: list[Cookie] = []

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("the public page offers to sign in", self.see_public_page),
            ("the private page leads to the sign-in page", self.be_sent_to_sign_in),
            ("a program without a token is refused", self.be_refused),
            ("a magic link is sent, opened, and signs in", self.sign_in_by_link),
            ("the app knows who it is", self.be_known),
            ("an unsafe request of the own site passes", self.leave_a_note),
            ("an unsafe request of another site is refused", self.be_forged),
            ("an access token that ran out is refreshed", self.be_refreshed),
            ("signing out ends the session", self.sign_out),
            ("the old cookies are refused", self.come_back_with_old_cookies),
            ("OAuth with the stand-in provider signs in", self.sign_in_by_oauth),
            ("signing out ends that session too", self.sign_out),
        ]

    def see_public_page(self) -> None:
        page = self._open("/")
        _expect("/auth/sign-in" in page.text, "a link to the sign-in page", page)

    def be_sent_to_sign_in(self) -> None:
        answer = self._open("/private", follow=False)
        _expect(answer.status_code == 303, "a redirect", answer)
        page = self._open(answer.headers["location"])
        _expect("/auth/magic-link" in page.text, "the form for a magic link", page)

    def be_refused(self) -> None:
        answer = self._client.get(f"{self._app}/me")
        _expect(answer.status_code == 401, "401", answer)
        _expect(answer.json()["reason"] == "missing", "the reason", answer)

    def sign_in_by_link(self) -> None:
        page = self._submit("/auth/magic-link", identifier=MAGIC, next="/private")
        _expect(MAGIC in page.text, "the page that says to look into the inbox", page)
        mails = self._client.get(f"{self._scute}/_emulator/messages", params={"to": MAGIC}).json()
        landed = self._open(mails[0]["link"], site="cross-site")
        _expect(landed.url.path == "/private", "the private page", landed)

    def be_known(self) -> None:
        me = self._fetch("/me")
        _expect(bool(me.json()["user_id"]), "a user's id", me)
        page = self._open("/")
        _expect(MAGIC in page.text, "the user's address", page)

    def leave_a_note(self) -> None:
        answer = self._fetch("/notes", method="POST")
        _expect(answer.status_code == 201, "201", answer)

    def be_forged(self) -> None:
        answer = self._fetch("/notes", method="POST", site="cross-site")
        _expect(answer.status_code == 403, "403", answer)

    def be_refreshed(self) -> None:
        before = self._fetch("/me").json()
        self._drop_access_cookie()
        after = self._fetch("/me")
        _expect(after.json() == before, "the same user", after)
        _expect(any(ACCESS in name for name in self._client.cookies), "a new cookie", after)
        calls = self._client.get(f"{self._scute}/_emulator/calls").json()
        refreshed = sum(call["count"] for call in calls if call["path"].endswith("/refresh"))
        _expect(refreshed == 1, "one refresh", after)

    def sign_out(self) -> None:
        self._old = list(self._client.cookies.jar)
        page = self._submit("/auth/sign-out")
        _expect("/auth/sign-in" in page.text, "the public page for strangers", page)
        answer = self._fetch("/me")
        _expect(answer.status_code == 401, "401", answer)

    def come_back_with_old_cookies(self) -> None:
        for cookie in (cookie for cookie in self._old if REFRESH in cookie.name):
            self._client.cookies.jar.set_cookie(cookie)
        answer = self._fetch("/me")
        _expect(answer.status_code == 401, "401", answer)
        _expect(
            answer.json()["reason"] != "missing", "another reason than a missing cookie", answer
        )
        self._client.cookies.clear()

    def sign_in_by_oauth(self) -> None:
        sign_in = self._open("/auth/sign-in?next=/")
        link = re.search(r'href="([^"]*/auth/oauth/google[^"]*)"', sign_in.text)
        _expect(link is not None, "a link to the provider", sign_in)
        consent = self._open(unescape(link.group(1)) if link else "")
        state = re.search(r'name="state" value="([^"]+)"', consent.text)
        _expect(state is not None, "the provider's consent page", consent)
        landed = self._submit(
            urljoin(self._scute, "/_emulator/provider"),
            state=unescape(state.group(1)) if state else "",
            email=OAUTH,
            answer="allow",
        )
        _expect(landed.url.path == "/" and OAUTH in landed.text, "the app, signed in", landed)

    def _open(self, url: str, *, site: str = "same-origin", follow: bool = True) -> httpx2.Response:
        """Follow a link, as a browser does."""
        headers = _navigation(site)
        return self._client.get(urljoin(self._app, url), headers=headers, follow_redirects=follow)

    def _submit(self, url: str, **fields: str) -> httpx2.Response:
        """Send a form from a page of the same origin."""
        url = urljoin(self._app, url)
        origin = {"Origin": url[: url.index("/", 8)]}
        headers = _navigation("same-origin") | origin
        return self._client.post(url, data=fields, headers=headers, follow_redirects=True)

    def _fetch(
        self, path: str, *, method: str = "GET", site: str = "same-origin"
    ) -> httpx2.Response:
        """Call as a script in a page does."""
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors", "Accept": "*/*"}
        return self._client.request(method, self._app + path, headers=headers)

    def _drop_access_cookie(self) -> None:
        """What a browser does when the access token's time is up."""
        for cookie in [one for one in self._client.cookies.jar if ACCESS in one.name]:
            self._client.cookies.delete(cookie.name)


def _navigation(site: str) -> dict[str, str]:
    return {
        "Accept": "text/html",
        "Sec-Fetch-Site": site,
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
        "Sec-Fetch-User": "?1",
    }


def _expect(is_so: bool, what: str, seen: httpx2.Response) -> None:
    if not is_so:
        where = f"{seen.request.method} {seen.url.path}"
        raise StepFailed(f"expected {what}, but {where} answered {seen.status_code}")
