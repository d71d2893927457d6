"""Users, sessions and second factors to order, for tests and demos.

ValueError says what is wrong with an order.
"""

from collections.abc import Mapping
from typing import Any, get_args

from scute_emulator.api.telling import tell_challenge
from scute_emulator.state import State
from scute_emulator.state.apps import App
from scute_emulator.state.issuing import Grant
from scute_emulator.state.users import Status, User, identifier

__all__ = [
    "add_user",
    "answer_push",
    "any_user",
    "app_named",
    "known_user",
    "start_session",
    "totp_code",
]


def app_named(state: State, app_id: str | None) -> App:
    """The first app, unless another is named."""
    app = state.apps.first if app_id is None else state.apps.find(app_id)
    if app is None:
        raise ValueError("there is no such app")
    return app


def add_user(
    state: State,
    app: App,
    email: str | None,
    phone: str | None,
    meta: Mapping[str, Any],
    values: Mapping[str, Any],
) -> User:
    """A user with an e-mail address, a phone number or both, all verified."""
    given = [identifier(each) for each in (email, phone) if each is not None]
    addresses = [who for who in given if who is not None]
    if not addresses or len(addresses) != len(given):
        raise ValueError("give an e-mail address, or a phone number like +15550100")
    if any(state.users.find(app.id, who) is not None for who in addresses):
        raise ValueError("there is such a user already")
    if values.get("status", "active") not in get_args(Status):
        raise ValueError(f"status: one of {', '.join(get_args(Status))}")
    known: dict[str, Any] = {"status": "active", "meta": dict(meta)}
    for who in addresses:
        known |= {who.kind: who.value, f"{who.kind}_verified": True}
    return state.users.add(app.id, addresses[0], state.clock(), **(known | dict(values)))


def any_user(
    state: State,
    app: App,
    email: str | None,
    phone: str | None = None,
    user_id: str | None = None,
) -> User:
    """The user, who is created if need be; one that is named by his id must exist."""
    if user_id is not None:
        user = state.users.get(app.id, user_id)
        if user is None:
            raise ValueError("there is no such user")
        return user
    who = identifier(phone if email is None else email)
    known = None if who is None else state.users.find(app.id, who)
    return known or add_user(state, app, email, phone, {}, {})


def known_user(state: State, app: App, address: str) -> User:
    """The user with this e-mail address or phone number."""
    who = identifier(address)
    user = None if who is None else state.users.find(app.id, who)
    if user is None:
        raise ValueError("there is no such user")
    return user


def start_session(
    state: State, app: App, user: User, actor: Mapping[str, Any] | None, **grant: Any
) -> Grant:
    """A session as after a sign-in; with an actor, one that he has as the user."""
    session = state.sessions.start(
        app.id,
        user.id,
        state.clock(),
        kind="misc" if actor is None else "impersonation",
        user_agent="Mozilla/5.0",
        actor=actor,
    )
    return state.issuer.grant(
        app, session, state.clock(), state.behaviour, with_refresh=actor is None, **grant
    )


def answer_push(state: State, user: User, *, agree: bool) -> str:
    """End the challenge that the user's authenticator asks about; its number."""
    now = state.clock()
    challenge = state.challenges.pushed(user.app_id, user.id, now)
    if challenge is None:
        raise ValueError("this user is asked for nothing")
    if agree:
        challenge.complete(now)
    else:
        challenge.deny()
    tell_challenge(state, "completed" if agree else "failed", challenge)
    return str(challenge.metadata["number"])


def totp_code(state: State, user: User) -> str:
    """A code that the user's authenticator shows and that was not used yet."""
    for method in state.mfa.of(user.id):
        if method.method == "totp":
            return method.next_code(state.clock())
    raise ValueError("this user has set up no authenticator")
