"""From a request to a verdict: who is asking, and what the response must carry for it.

A verdict never raises for anything that a visitor can send. Only *missing* and *expired* lead
to a refresh; a forged token is refused beside the best of refresh cookies. Only Scute's own
"no" ends a session; an outage touches nothing.
"""

import logging
from dataclasses import replace
from typing import TypeAlias

from scute_auth import csrf
from scute_auth.answers import Tokens
from scute_auth.app_settings import SettingsCache
from scute_auth.backoff import Backoff
from scute_auth.calls import ask, is_over
from scute_auth.claims import Claims
from scute_auth.config import ScuteConfig
from scute_auth.cookies import MAX_COOKIE, clear_session, session_cookies
from scute_auth.credentials import (
    CookieTokens,
    HeaderToken,
    NoCredential,
    read_credentials,
)
from scute_auth.effects import Flow, Log
from scute_auth.errors import ApiError, Reason, ScuteUnavailable, TokenError
from scute_auth.expiring import ExpiringMap
from scute_auth.guards import is_live, revoked
from scute_auth.http import UNTOUCHED, Reply, RequestView, ResponseChanges, SetCookie
from scute_auth.identity import (
    VERDICTS,
    AuthResult,
    Machine,
    Session,
    SignedIn,
    SignedOut,
    Unavailable,
    User,
)
from scute_auth.jws import unverified_claims
from scute_auth.machines import Machines, is_short
from scute_auth.neighbours import neighbours
from scute_auth.operations import SIGN_OUT
from scute_auth.passkeys import Seen
from scute_auth.paths import covers
from scute_auth.permissions import Permissions
from scute_auth.profiles import Profiles
from scute_auth.proofs import carry_over, mark
from scute_auth.refresher import Refresher
from scute_auth.sealing import sealer_of
from scute_auth.used_tokens import use
from scute_auth.verifier import Verifier

__all__ = ["Authenticator", "Found"]

Found: TypeAlias = AuthResult | Flow[AuthResult]
"""A verdict that was there at once, or the flow that finds it."""

_MAX_PICTURES = 4
_LONGEST_EARLY_WAIT = 10.0

_ANONYMOUS = SignedOut(Reason.MISSING)
_EXEMPT = SignedOut(Reason.MISSING, UNTOUCHED)


class Authenticator:
    def __init__(self, config: ScuteConfig) -> None:
        self.config = config
        self.settings = SettingsCache(config)
        self.verifier = Verifier(config, self.settings)
        self.machines = Machines(config)
        self.permissions = Permissions(config)
        self.neighbours = neighbours(config)
        self.sealer = sealer_of(config)
        self._refresher = Refresher(config)
        self._early = Backoff()
        self._by_headers = ResponseChanges(by_headers=config.token_headers)
        self.profiles = Profiles(config)
        self.pictures: ExpiringMap[str, Reply] = ExpiringMap(_MAX_PICTURES)
        self.passkeys_seen: Seen | None = None

    def authenticate(self, view: RequestView, now: float) -> Found:
        """The verdict on a request. See the module's rules.

        It is there at once for who brings nothing or a token that is remembered, as most do.
        """
        if self.config.exempt_paths and covers(self.config.exempt_paths, view.path):
            return _EXEMPT
        credentials = read_credentials(view, self.config)
        if isinstance(credentials, HeaderToken):
            found = self._by_header(credentials.token, now)
        elif isinstance(credentials, CookieTokens):
            found = self._by_cookies(view, credentials, now)
        elif isinstance(credentials, NoCredential):
            return _ANONYMOUS
        else:
            return SignedOut(credentials.reason)
        return found if self.config.check == "local" else self._confirmed(view, found, now)

    def start(self, view: RequestView, tokens: Tokens, now: float) -> Flow[SignedIn]:
        """A new session from a completed sign-in; raise `TokenError` if its token is not good."""
        claims = yield from self._issued(tokens, now)
        signed_in = yield from self._with_cookies(view, tokens, claims, tokens.refresh, now, None)
        # Without a refresh token of its own, the new session must not live on an older one's.
        earlier = ResponseChanges(clear_session(view, self.config))
        began = mark(view, self.config, tokens, claims, now)
        return replace(signed_in, changes=earlier + signed_in.changes + began)

    def renew(self, view: RequestView, result: AuthResult, now: float) -> Flow[AuthResult]:
        """The verdict once more, its session renewed though that was not due yet.

        One that came without a refresh cookie stays as it is.
        """
        cookies = read_credentials(view, self.config)
        if not isinstance(result, SignedIn) or not isinstance(cookies, CookieTokens):
            return result
        if cookies.refresh is None:
            return result
        return (yield from self._renewed(view, cookies, cookies.refresh, now))

    def end(self, access: str, now: float, refresh: str | None = None) -> Flow[bool]:
        """End a session at Scute and in this process; False if Scute could not be told."""
        self.verifier.revoke(access, now)
        if refresh is not None:
            yield from self._refresher.end(refresh, now)
        try:
            yield from ask(self.config, SIGN_OUT, token=access)
        except ScuteUnavailable:
            return False
        except ApiError as error:
            return is_over(error)
        return True

    def _by_header(self, token: str, now: float) -> Found:
        if is_short(token):
            machine = self.machines.recall(token, now)
            return self._by_new_header(token, now) if machine is None else self._called(machine)
        claims = self.verifier.recall(token, now) or self.verifier.recall_machine(token, now)
        return self._by_new_header(token, now) if claims is None else self._sent(token, claims)

    def _by_new_header(self, token: str, now: float) -> Flow[AuthResult]:
        try:
            if is_short(token):
                return self._called((yield from self.machines.ask(token, now)))
            claims = yield from self.verifier.verify_caller(token, now)
        except TokenError as error:
            return SignedOut(error.reason, self._by_headers)
        except ScuteUnavailable as error:
            return Unavailable(error.retry_after, self._by_headers)
        return self._sent(token, claims)

    def _called(self, machine: Machine) -> SignedOut:
        """No user, but a machine: who wants a user is told so."""
        return SignedOut(Reason.NOT_A_USER, self._by_headers, machine)

    def _sent(self, token: str, claims: Claims) -> AuthResult:
        if claims.is_machine:
            return self._called(Machine(claims.client_name, claims))
        session = Session("header", token, claims.expires_at)
        return SignedIn(User(claims.user_id, claims), session, self._by_headers)

    def _by_cookies(self, view: RequestView, cookies: CookieTokens, now: float) -> Found:
        if view.is_unsafe and not csrf.passes(view, self.config):
            return SignedOut(Reason.CSRF)
        if cookies.access is None:
            return self._without_access(view, cookies, Reason.MISSING, now)
        if cookies.access == cookies.refresh:
            return SignedOut(Reason.NOT_ACCESS)
        claims = self.verifier.recall(cookies.access, now)
        if claims is None:
            return self._by_new_access(view, cookies, cookies.access, now)
        return self._with_access(view, cookies, cookies.access, claims, now)

    def _by_new_access(
        self, view: RequestView, cookies: CookieTokens, access: str, now: float
    ) -> Flow[AuthResult]:
        try:
            claims = yield from self.verifier.verify(access, now)
        except TokenError as error:
            if error.reason is not Reason.EXPIRED:
                return SignedOut(error.reason)
            found = self._without_access(view, cookies, Reason.EXPIRED, now)
        except ScuteUnavailable as error:
            return Unavailable(error.retry_after)
        else:
            found = self._with_access(view, cookies, access, claims, now)
        return found if isinstance(found, VERDICTS) else (yield from found)

    def _without_access(
        self, view: RequestView, cookies: CookieTokens, why: Reason, now: float
    ) -> Found:
        if cookies.refresh is None or view.method == "OPTIONS":
            return SignedOut(why)
        return self._renewed(view, cookies, cookies.refresh, now)

    def _with_access(
        self, view: RequestView, cookies: CookieTokens, access: str, claims: Claims, now: float
    ) -> Found:
        session = Session("cookie", access, claims.expires_at, cookies.refresh)
        current = SignedIn(User(claims.user_id, claims), session)
        if cookies.refresh is None or view.method == "OPTIONS":
            return current
        if not self._ends_soon(claims, now) or not self._early.allows(now):
            return current
        return self._renewed_early(current, self._renewed(view, cookies, cookies.refresh, now))

    def _renewed_early(self, current: SignedIn, renewal: Flow[AuthResult]) -> Flow[AuthResult]:
        """An early refresh that fails leaves the token that is still good.

        While Scute hangs, not every request may wait for it: there is no hurry yet.
        """
        renewed = yield from renewal
        if isinstance(renewed, Unavailable):
            # The pause begins now: the call that failed may have taken longer than the pause.
            failed = yield Log(logging.WARNING, "an early refresh failed: the old token serves on")
            self._early.failed(failed.now, longest=_LONGEST_EARLY_WAIT)
        else:
            self._early.succeeded()
        return renewed if isinstance(renewed, SignedIn) else current

    def _ends_soon(self, claims: Claims, now: float) -> bool:
        """Is this the last stretch of the token's life, in which a request renews it early?"""
        if claims.issued_at is not None:
            lifetime = claims.expires_at - claims.issued_at
        else:
            lifetime = self.settings.access_bound(now)
        return claims.expires_at - now < min(self.config.refresh_margin, lifetime / 4)

    def _renewed(
        self, view: RequestView, cookies: CookieTokens, refresh: str, now: float
    ) -> Flow[AuthResult]:
        try:
            # Nothing is spent on a session that nobody could verify now.
            yield from self.verifier.ready(now)
            tokens = yield from self._refresher.renew(refresh, now)
            claims = yield from self._issued(tokens, now)
        except ScuteUnavailable as error:
            return Unavailable(error.retry_after)
        except TokenError as error:
            if error.reason is Reason.REFRESH_REJECTED:
                cleared = ResponseChanges(clear_session(view, self.config))
                return SignedOut(Reason.REFRESH_REJECTED, cleared)
            yield Log(logging.ERROR, "a refreshed token was refused: %s", (error.reason,))
            return SignedOut(Reason.REFRESH_REJECTED)
        except ApiError as error:
            yield Log(logging.ERROR, "a refresh failed and the cookies were kept: %s", (error,))
            return SignedOut(Reason.REFRESH_REJECTED)
        if not _names_same_user(cookies, claims):
            yield Log(logging.ERROR, "a refresh answered another user's token: it was refused")
            return SignedOut(Reason.REFRESH_REJECTED)
        kept = tokens.refresh or refresh
        renewed = yield from self._with_cookies(view, tokens, claims, kept, now, cookies.form)
        sign_in = carry_over(view, self.config, tokens, claims, refresh, now)
        return replace(renewed, changes=renewed.changes + sign_in)

    def _issued(self, tokens: Tokens, now: float) -> Flow[Claims]:
        """The claims of an access token that goes into a cookie."""
        claims = yield from self.verifier.verify(tokens.access, now, own=True)
        if self.config.browser_sdk:
            yield from use(self.config, tokens.access, claims, now)
        return claims

    def _with_cookies(
        self,
        view: RequestView,
        tokens: Tokens,
        claims: Claims,
        refresh: str | None,
        now: float,
        form: int | None,
    ) -> Flow[SignedIn]:
        cookies = session_cookies(view, self.config, tokens, claims, now, form)
        for cookie in filter(_is_too_large, cookies):
            yield Log(logging.ERROR, "browsers will drop the cookie %s: too large", (cookie.name,))
        return SignedIn(
            User(claims.user_id, claims),
            Session("cookie", tokens.access, claims.expires_at, refresh),
            ResponseChanges(cookies),
        )

    def _confirmed(self, view: RequestView, found: Found, now: float) -> Flow[AuthResult]:
        """With `check="remote"`: the verdict once Scute has been asked."""
        result = found if isinstance(found, VERDICTS) else (yield from found)
        if isinstance(result, SignedOut) and result.machine is not None:
            return (yield from self.machines.confirmed(view, result, now))
        if not isinstance(result, SignedIn):
            return result
        try:
            live = yield from is_live(self.config, result.session)
        except ScuteUnavailable as error:
            return Unavailable(error.retry_after, result.changes)
        if live:
            return result
        self.verifier.revoke(result.session.access, now)
        return revoked(view, self.config, result.session)


def _is_too_large(cookie: SetCookie) -> bool:
    return len(cookie.name) + len(cookie.value) + 1 > MAX_COOKIE


def _names_same_user(cookies: CookieTokens, claims: Claims) -> bool:
    """Does the new token name whom the old ones named, as far as those can be read?"""
    for token in (cookies.access, cookies.refresh):
        if token is None:
            continue
        try:
            expected = unverified_claims(token).get("uuid")
        except TokenError:
            continue
        if expected is not None and expected != claims.user_id:
            return False
    return True
