"""Second factors: set up after a sign-in, listed, removed with a fresh proof."""

from tests.conformance.site import Site
from tests.conformance.test_landing import ANA, ask_for_link, user_of

LIST = "/auth/mfa/methods"


def code_for(site: Site) -> str:
    return site.emulator.messages(ANA)[0].code or ""


async def test_a_sign_in_leads_to_one_and_then_on(site: Site) -> None:
    site.emulator.settings(mfa_policy="optional")
    ana = site.browser()
    landed = await ana.visit(await ask_for_link(site, ana, next="/private"), by="cross-site")

    offer = await ana.follow(landed)
    begun = await ana.submit("/auth/mfa/enroll", {"method": "email", "address": ANA})
    asked = await ana.follow(begun)
    done = await ana.submit("/auth/mfa/enroll/verify", {"code": code_for(site)})
    listed = await ana.follow(done)

    assert landed.header("location") == "/auth/mfa/enroll"
    assert 'href="/private"' in offer.text
    assert ANA in asked.text
    assert done.header("location") == f"{LIST}?next=%2Fprivate"
    assert 'href="/private"' in listed.text
    assert site.cookie("enrol") not in ana.jar.all()
    assert (await ana.visit("/private", by="same-origin")).status == 200


async def test_long_after_the_sign_in_a_change_needs_a_proof(site: Site) -> None:
    site.emulator.settings(mfa_policy="optional")
    ana = site.signed_in()
    await ana.submit("/auth/mfa/enroll", {"method": "email", "address": ANA})
    await ana.submit("/auth/mfa/enroll/verify", {"code": code_for(site)})
    (method,) = (await ana.fetch(LIST)).json["methods"]
    removal = f"{LIST}/{method['id']}/remove"
    site.clock.now += 11 * 60

    refused = await ana.fetch(removal, "POST")
    asked = await ana.submit(removal)
    await ana.submit("/auth/step-up", {"method": "email_otp", "next": LIST})
    await ana.submit("/auth/step-up", {"code": code_for(site)})
    removed = await ana.submit(removal)

    assert (refused.status, refused.reason) == (401, "step_up_required")
    assert (asked.header("location") or "").startswith("/auth/step-up?next=/auth/mfa/methods")
    assert removed.header("location") == LIST
    assert (await ana.fetch(LIST)).json["methods"] == []
    assert await user_of(ana) is not None


async def test_without_the_second_factor_nobody_is_signed_in(site: Site) -> None:
    site.emulator.settings(mfa_policy="optional")
    site.emulator.enrol_totp(ANA)
    site.emulator.backup_codes(ANA)
    ana = site.browser()
    landed = await ana.visit(await ask_for_link(site, ana, next="/private"), by="cross-site")

    asked = await ana.follow(landed)
    wrong = await ana.submit("/auth/mfa", {"code": "000000"})
    before = [ana.jar.get(site.cookie(purpose)) for purpose in ("access", "refresh")]
    switched = await ana.submit("/auth/mfa", {"method": "backup_code"})
    (code, *_) = site.emulator.backup_codes(ANA)
    done = await ana.submit("/auth/mfa", {"code": code})

    assert landed.header("location") == switched.header("location") == "/auth/mfa"
    assert "authenticator app" in asked.text
    assert wrong.status == 422
    assert before == [None, None]
    assert done.header("location") == "/private"
    assert await user_of(ana) is not None
