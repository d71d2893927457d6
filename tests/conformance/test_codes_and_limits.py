"""Codes, one's own sessions, limits: each once on each stack."""

from scute_auth.settings import Limits
from tests.conformance.opening import Sites
from tests.conformance.site import Site
from tests.conformance.test_landing import ANA, user_of
from tests.conformance.test_second_factors import code_for


async def test_a_code_signs_in_where_it_was_asked_for(site: Site) -> None:
    site.emulator.settings(email_auth_type="otp")
    ana, eve = site.browser(), site.browser()
    sent = await ana.submit("/auth/otp", {"identifier": ANA, "next": "/private"})
    shown = await ana.follow(sent)

    stolen = await eve.submit("/auth/otp/verify", {"code": code_for(site)})
    done = await ana.submit("/auth/otp/verify", {"code": code_for(site)})

    assert ANA in shown.text
    assert stolen.header("location") == "/auth/sign-in"
    assert await user_of(eve) is None
    assert done.header("location") == "/private"
    assert await user_of(ana) is not None


async def test_all_sessions_end_when_their_owner_says_so(site: Site) -> None:
    ana, phone = site.signed_in(ANA), site.signed_in(ANA)
    page = await ana.visit("/auth/sessions")

    ended = await ana.submit("/auth/sessions/all/revoke")

    assert page.status == 200
    assert ended.status == 303
    assert await user_of(ana) is None
    site.clock.now += 3700
    assert await user_of(phone) is None


async def test_too_many_attempts_are_told_when_to_come_back(sites: Sites) -> None:
    site = await sites.open(limits=Limits(600, per_identifier=2))
    form = {"identifier": ANA}

    answers = [await site.browser().submit("/auth/magic-link", form) for _ in range(3)]

    assert [answer.status for answer in answers] == [303, 303, 429]
    assert 0 < int(answers[-1].header("retry-after") or "") <= 600
    assert "Too many attempts" in answers[-1].text
