"""My sessions: which is this one, and the end of one, of all others, of all."""

from typing import Any

import pytest

from scute_auth.effects import HttpCall
from scute_auth.identity import SignedIn, SignedOut
from tests.unit.sessions import Browser, Site, ask_for_link, open_site, user_of

ANA = "ana@example.com"


@pytest.fixture
def site() -> Site:
    return open_site()


def signed_in(site: Site) -> Browser:
    """Signed in on our pages, some time after whoever was before."""
    site.clock.now += 100
    browser = site.browser()
    browser.open(ask_for_link(browser))
    assert isinstance(browser.authenticate(), SignedIn)
    return browser


def listed(browser: Browser) -> list[dict[str, Any]]:
    sessions: list[dict[str, Any]] = browser.get("/auth/sessions", script=True).json["sessions"]
    return sessions


def live(site: Site, user_id: str) -> int:
    return len(site.emulator.state.sessions.of(user_id))


def test_the_page_lists_them_and_says_which_is_this_one(site: Site) -> None:
    first, second = signed_in(site), signed_in(site)

    page = second.get("/auth/sessions").page

    assert page.name == "sessions"
    assert [session["current"] for session in page.context["sessions"]] == [False, True]
    assert page.context["knows_current"] is True
    assert page.context["may_end"] is True
    assert [session["current"] for session in listed(first)] == [True, False]
    assert all(session["name"] and session["last_used_at"] for session in listed(first))


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("x" * 513, "scute-auth (Python)"),
        ("b\xe4d", "scute-auth (Python)"),
        ("", "scute-auth (Python)"),
    ],
    ids=["firefox", "safari", "too long", "not ASCII", "none"],
)
def test_each_has_the_name_of_the_browser_that_it_began_in(
    site: Site, agent: str, name: str
) -> None:
    browser = site.browser()
    browser.open(ask_for_link(browser), user_agent=agent)

    assert [session["name"] for session in listed(browser)] == [name]


def test_where_scutes_token_names_its_session_that_is_the_one(site: Site) -> None:
    site.emulator.settings(uid_is_session=True)
    first = site.signed_in()
    site.signed_in()

    assert [session["current"] for session in listed(first)] == [True, False]


@pytest.mark.parametrize("apart", [0, 29])
def test_where_two_began_at_once_none_is_taken_for_this_one(site: Site, apart: int) -> None:
    browser = signed_in(site)
    site.clock.now += apart
    site.emulator.create_session(ANA)

    context = browser.get("/auth/sessions").page.context

    assert [session["current"] for session in context["sessions"]] == [False, False]
    assert context["knows_current"] is False
    assert browser.post("/auth/sessions/others/revoke").status == 404
    assert live(site, user_of(browser.authenticate())) == 2


def test_a_session_that_began_elsewhere_has_no_name(site: Site) -> None:
    assert [session["current"] for session in listed(site.signed_in())] == [False]


def test_another_can_be_ended(site: Site) -> None:
    first, second = signed_in(site), signed_in(site)
    theirs = next(session["id"] for session in listed(second) if not session["current"])

    ended = second.post(f"/auth/sessions/{theirs}/revoke")

    assert (ended.status, ended.location) == (303, "/auth/sessions")
    assert len(listed(second)) == 1
    first.drop("access")
    assert isinstance(first.authenticate(), SignedOut)
    assert isinstance(second.authenticate(), SignedIn)


def test_all_others_can_be_ended(site: Site) -> None:
    others = [signed_in(site) for _ in range(3)]
    mine = signed_in(site)

    ended = mine.post("/auth/sessions/others/revoke", script=True)

    assert ended.json == {"status": "ended", "ended": 3, "next": "/auth/sessions"}
    assert len(listed(mine)) == 1
    for other in others:
        other.drop("access")
        assert isinstance(other.authenticate(), SignedOut)


@pytest.mark.parametrize("which", ["this", "all"])
def test_ending_this_one_signs_out_here(site: Site, which: str) -> None:
    signed_in(site)
    mine = signed_in(site)
    user_id = user_of(mine.authenticate())
    current = next(session["id"] for session in listed(mine) if session["current"])

    ended = mine.post(f"/auth/sessions/{current if which == 'this' else 'all'}/revoke")

    assert (ended.status, ended.location) == (303, "/")
    assert ended.outcome.signed_out is not None
    assert [mine.cookie(purpose) for purpose in ("access", "refresh", "signin")] == [None] * 3
    assert live(site, user_id) == (1 if which == "this" else 0)


def test_all_end_where_nobody_can_tell_which_is_this_one(site: Site) -> None:
    """Else whoever signed in as the user in the same moment would stay."""
    mine = signed_in(site)
    user_id = user_of(mine.authenticate())
    site.emulator.create_session(ANA)
    site.emulator.create_session(ANA)

    ended = mine.post("/auth/sessions/all/revoke")

    assert (ended.status, ended.location) == (303, "/")
    assert live(site, user_id) == 0
    assert [mine.cookie(purpose) for purpose in ("access", "refresh", "signin")] == [None] * 3


def test_without_the_apps_secret_those_that_are_left_can_be_ended_after_a_new_sign_in() -> None:
    site = open_site(secret=None, cookie_keys=("k" * 32,))
    mine = signed_in(site)
    user_id = user_of(mine.authenticate())
    site.emulator.create_session(ANA)

    over = mine.post("/auth/sessions/all/revoke", referer="http://127.0.0.1:8000/auth/sessions")
    left = live(site, user_id)
    again = signed_in(site)
    again.post("/auth/sessions/others/revoke")

    assert over.location == "/auth/sign-in?next=/auth/sessions"
    assert (left, live(site, user_id)) == (1, 1)
    assert isinstance(again.authenticate(), SignedIn)
    assert len(listed(again)) == 1


def test_a_step_up_is_no_beginning(site: Site) -> None:
    """A session that began elsewhere has none that is known: who signs in while its owner
    confirms who it is must not be taken for this one."""
    mine = site.signed_in()
    user_id = user_of(mine.authenticate())
    site.clock.now += 100
    mine.post("/auth/step-up", {"method": "email_otp", "next": "/"})
    site.emulator.create_session(ANA)

    assert [session["current"] for session in listed(mine)] == [False, False]
    assert mine.post("/auth/sessions/others/revoke").status == 404
    assert live(site, user_id) == 2


def test_nobody_ends_a_session_of_somebody_else(site: Site) -> None:
    eve = site.emulator.create_session("eve@example.com")["user_id"]
    (theirs,) = site.emulator.state.sessions.of(eve)
    ana = signed_in(site)

    for wanted in (theirs.id, "nonsense"):
        answered = ana.post(f"/auth/sessions/{wanted}/revoke")
        assert answered.status == 404
    assert live(site, eve) == 1
    assert site.calls(f"/sessions/{theirs.id}") == 0


def test_one_that_ended_meanwhile_is_no_mistake(site: Site) -> None:
    signed_in(site)
    mine = signed_in(site)
    theirs = next(session["id"] for session in listed(mine) if not session["current"])
    site.emulator.fault(f"/sessions/{theirs}", status=404, body='{"error": "gone"}')

    assert mine.post(f"/auth/sessions/{theirs}/revoke").location == "/auth/sessions"


def test_another_site_ends_nothing(site: Site) -> None:
    mine = signed_in(site)

    refused = mine.post("/auth/sessions/all/revoke", sec_fetch_site="cross-site")

    assert refused.status == 403
    assert isinstance(mine.authenticate(), SignedIn)


def test_support_access_may_look_and_ends_nothing(site: Site) -> None:
    support = site.signed_in(imp={"sub": "op_1", "kind": "operator"})

    context = support.get("/auth/sessions").page.context
    assert (context["may_end"], context["support"]) == (False, "op_1")
    assert support.post("/auth/sessions/all/revoke").status == 403


def test_a_stranger_signs_in_first(site: Site) -> None:
    stranger = site.browser()

    assert stranger.get("/auth/sessions").location == "/auth/sign-in?next=/auth/sessions"
    assert stranger.get("/auth/sessions", script=True).status == 401
    assert stranger.post("/auth/sessions/all/revoke", script=True).status == 401


def test_a_session_that_scute_has_ended_is_over_here_too(site: Site) -> None:
    mine = signed_in(site)
    site.emulator.state.sessions.revoke_all(user_of(mine.authenticate()))

    over = mine.get("/auth/sessions")

    assert over.status == 303
    assert mine.cookie("access") is None
    assert mine.cookie("signin") is None


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"status": 403, "body": '{"error": "no"}'},
        {"status": 401, "body": "<html>a proxy</html>"},
        {"status": 200, "body": '{"sessions": 7}'},
    ],
    ids=str,
)
def test_where_scute_gives_no_answer_nobody_can_tell(site: Site, fault: dict[str, Any]) -> None:
    mine = signed_in(site)
    site.emulator.fault("/v1/auth/app_demo/sessions", **fault)

    answered = mine.get("/auth/sessions")

    assert answered.status == 503
    assert mine.cookie("access")


def test_a_revocation_that_fails_is_told(site: Site) -> None:
    signed_in(site)
    mine = signed_in(site)
    theirs = next(session["id"] for session in listed(mine) if not session["current"])
    site.emulator.fault(f"/sessions/{theirs}", status=403, body='{"error": "no"}')

    assert mine.post(f"/auth/sessions/{theirs}/revoke").status == 503


def test_ending_this_one_in_an_outage_keeps_it(site: Site) -> None:
    mine = signed_in(site)
    site.emulator.fault("/current_user", status=503)

    assert mine.post("/auth/sessions/all/revoke").status == 503
    assert mine.cookie("access")


def test_with_a_token_in_a_header_no_cookie_is_touched(site: Site) -> None:
    token = site.emulator.create_session(ANA)["access"]
    caller = site.browser()

    ended = caller.post("/auth/sessions/all/revoke", script=True, authorization=f"Bearer {token}")

    assert ended.json["status"] == "signed_out"
    assert ended.set_cookies == []
    listed = [call for call in site.stepper.effects if isinstance(call, HttpCall)]
    assert any(call.method == "DELETE" for call in listed)
