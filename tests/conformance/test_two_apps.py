"""Two Scute apps in one process, at one host too: neither sees the other's sessions."""

from tests.conformance.browser import Browser
from tests.conformance.opening import Sites
from tests.conformance.site import Site


async def two_apps(sites: Sites) -> tuple[Site, Site]:
    first = await sites.open()
    other = first.emulator.create_app()
    first.secrets.add(other.secret)
    return first, await sites.open(beside=first, app_id=other.id, secret=other.secret)


def everywhere(site: Site, browser: Browser) -> Browser:
    """The same browser, at the other app of this host."""
    return Browser(site.client, browser.jar)


async def test_one_browser_is_two_users_at_two_apps_of_one_host(sites: Sites) -> None:
    first, second = await two_apps(sites)
    here, there = first.expired("ana@example.com"), second.expired("ana@example.com")
    both = Browser(first.client, here.jar)
    for name, value in there.jar.all().items():
        both.jar.set(name, value)

    answers = [await both.fetch("/me"), await everywhere(second, both).fetch("/me")]

    assert [answer.json["user_id"] for answer in answers] == [here.user_id, there.user_id]
    assert here.user_id != there.user_id
    assert [set(a.set_cookies) for a in answers] == [
        {first.cookie("access")},
        {second.cookie("access")},
    ]


async def test_signing_out_of_one_leaves_the_other(sites: Sites) -> None:
    first, second = await two_apps(sites)
    both, there = first.signed_in("ana@example.com"), second.signed_in("ana@example.com")
    for name, value in there.jar.all().items():
        both.jar.set(name, value)

    await both.submit("/auth/sign-out")

    assert (await both.fetch("/optional")).json == {"user_id": None}
    assert (await everywhere(second, both).fetch("/me")).json == {"user_id": there.user_id}


async def test_a_token_of_one_is_refused_at_the_other(sites: Sites) -> None:
    """security.md T17: they share the workspace's keys."""
    first, second = await two_apps(sites)
    token = first.tokens()["access"]
    bearer = {"authorization": f"Bearer {token}"}
    cookie = {"cookie": f"{second.cookie('access')}={token}"}

    assert (await second.client.get("/me", headers=bearer)).reason == "wrong_app"
    assert (await second.client.get("/me", headers=cookie)).reason == "wrong_app"
    assert (await first.client.get("/me", headers=bearer)).status == 200


async def test_a_sign_in_begun_at_one_lands_at_the_other_as_a_strangers(sites: Sites) -> None:
    first, second = await two_apps(sites)
    ana = first.browser()
    await ana.submit("/auth/magic-link", {"identifier": "ana@example.com"})
    link = (first.emulator.messages("ana@example.com")[0].link or "").partition("app.test")[2]

    answer = await everywhere(second, ana).visit(link, by="cross-site")

    assert second.cookie("access") not in answer.set_cookies
    assert first.calls("/magic_links/authenticate") == 0


async def test_who_is_signed_in_at_one_comes_over_to_the_other_by_a_form_of_this_host(
    sites: Sites,
) -> None:
    first = await sites.open()
    state = first.emulator.state
    other = first.emulator.create_app()
    first.secrets.add(other.secret)
    second = await sites.open(
        beside=first,
        app_id=other.id,
        secret=other.secret,
        workspace_id=state.workspace_id,
        workspace_secret=state.workspace_secret,
        workspace_apps=(first.config.app_id,),
        require_by_default=True,
    )
    ana = everywhere(second, first.signed_in("ana@example.com"))
    before = ana.jar.all()

    strangers = await ana.submit("/auth/workspace", by="cross-site")
    came = await ana.submit("/auth/workspace", {"next": "/me"})

    assert (strangers.status, strangers.set_cookies) == (403, {})
    assert (came.status, came.header("location")) == (303, "/me")
    assert set(came.set_cookies) >= {second.cookie("access"), second.cookie("refresh")}
    assert not set(came.set_cookies) & {first.cookie("access"), first.cookie("refresh")}
    assert before.items() <= ana.jar.all().items()
    assert (await ana.fetch("/me")).status == 200
