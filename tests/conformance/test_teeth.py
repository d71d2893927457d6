"""The suite bites: each adapter with a fault fails the case that is named for it.

A suite that passes whatever it is shown proves nothing. Each named case is also run against a
good adapter in the same way, where it must pass.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conformance import (
    test_answers,
    test_context,
    test_cookies,
    test_credentials,
    test_csrf,
    test_outages,
    test_streams,
)
from tests.conformance.bad_adapters import BAD, GOOD, LOGS_HEADERS
from tests.conformance.bad_wsgi_adapters import BAD_WSGI, GOOD_WSGI, LOGS_ENVIRON
from tests.conformance.harness import Harness
from tests.conformance.opening import Sites
from tests.conformance.secrets_watch import LogCapture, Secrets
from tests.conformance.site import Site


async def _from_another_site(sites: Sites) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    await test_csrf.test_a_cross_site_post_does_not_reach_the_handler(sites, headers)


def _with_site(case: Callable[[Site], Awaitable[None]]) -> Callable[[Sites], Awaitable[None]]:
    async def run(sites: Sites) -> None:
        await case(await sites.open())

    return run


CASES: dict[str, Callable[[Sites], Awaitable[None]]] = {
    "drops the cookies": _with_site(
        test_cookies.test_refreshed_cookies_arrive_on_a_stream_before_it_ends
    ),
    "ignores the verdict": _with_site(
        test_credentials.test_a_forged_token_is_refused_beside_a_good_refresh_cookie
    ),
    "shares the context": _with_site(
        test_context.test_two_streams_in_one_loop_never_see_each_others_user
    ),
    "keeps the context": _with_site(
        partial(
            test_context.test_nothing_of_a_request_is_left_behind, path="/me", is_signed_in=True
        )
    ),
    "keeps the thread": _with_site(
        test_streams.test_between_two_pieces_of_a_stream_its_thread_is_a_strangers
    ),
    "lets a framework parse the cookies": _with_site(
        partial(
            test_credentials.test_a_name_behind_strange_white_space_is_another_name,
            blank=b"\xa0",
            is_first=False,
        )
    ),
    "clears cookies in an outage": _with_site(
        partial(
            test_outages.test_an_expired_session_gets_503_and_keeps_its_cookies,
            outage={"status": 503},
        )
    ),
    "lets a cross-site post pass": _from_another_site,
    "swallows the laziness of streams": _with_site(
        test_context.test_a_stream_is_sent_as_it_is_made
    ),
    "trusts the host for links": _with_site(
        partial(test_answers.test_no_link_is_built_from_the_host, host="evil.example")
    ),
}


@pytest.fixture
def sites_of(
    signing_key: rsa.RSAPrivateKey, secrets: Secrets, opened: AsyncExitStack
) -> Callable[[Harness], Sites]:
    return lambda harness: Sites(harness, signing_key, secrets, opened)


ADAPTERS = [
    *(pytest.param(fault, harness, id=f"asgi-{fault}") for fault, harness in BAD.items()),
    *(pytest.param(fault, harness, id=f"wsgi-{fault}") for fault, harness in BAD_WSGI.items()),
]


@pytest.mark.parametrize(("fault", "adapter"), ADAPTERS)
async def test_an_adapter_with_a_fault_fails_the_case_named_for_it(
    fault: str, adapter: Harness, sites_of: Callable[[Harness], Sites]
) -> None:
    with pytest.raises(AssertionError):
        await CASES[fault](sites_of(adapter))


@pytest.mark.parametrize("adapter", [GOOD, GOOD_WSGI], ids=["asgi", "wsgi"])
@pytest.mark.parametrize("fault", CASES)
async def test_a_good_adapter_passes_the_same_case(
    fault: str, adapter: Harness, sites_of: Callable[[Harness], Sites]
) -> None:
    await CASES[fault](sites_of(adapter))


@pytest.mark.parametrize("adapter", [LOGS_HEADERS, LOGS_ENVIRON], ids=["asgi", "wsgi"])
async def test_an_adapter_that_logs_headers_is_found_by_the_search(
    adapter: Harness,
    sites_of: Callable[[Harness], Sites],
    secrets: Secrets,
    log: LogCapture,
) -> None:
    site = await sites_of(adapter).open()

    await site.signed_in().fetch("/me")

    assert secrets.leaks(log.texts)
    log.texts.clear()


def test_every_fault_has_a_case() -> None:
    assert set(BAD_WSGI) == set(CASES)
    assert set(BAD) == set(CASES) - {"keeps the thread"}
