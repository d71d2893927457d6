"""Sign in with a passkey: Scute's challenge to the page, the browser's answer to Scute.

The challenge lies sealed in the browser that asked for it. An answer from anywhere else, an
attacker's own too, is worth nothing here. Whoever asks learns nothing about an account: options
come for every address, and look the same.
"""

import json
import logging

from scute_auth.calls import ask
from scute_auth.effects import Flow, Log, StoreCall
from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.operations import PASSKEY_SIGN_IN, PASSKEY_SIGN_IN_OPTIONS
from scute_auth.passkeys import Ceremony, Seen, assertion, options_to_sign_in, unanswerable
from scute_auth.public_app import AppSettings
from scute_auth.signin.binding import Binding, bind, bound, unbind
from scute_auth.signin.completion import Expected, complete
from scute_auth.signin.identifiers import identifier
from scute_auth.signin.limits import count
from scute_auth.signin.refusals import is_about_the_person, refused
from scute_auth.signin.sending import way_on
from scute_auth.signin.visit import Outcome, Visit, in_json, message, submitted

__all__ = ["begin", "prove", "switched_off"]

_REMEMBERED = 180 * 86_400


def begin(visit: Visit) -> Flow[Outcome]:
    """POST /auth/passkey/options: `identifier`, maybe `next`."""
    submission = submitted(visit.view)
    who = None if submission is None else identifier(submission.get("identifier"))
    if submission is None or who is None:
        return Outcome(_no_address(visit))
    settings = yield from visit.auth.settings.get(visit.now)
    if not settings.passkeys:
        return Outcome(switched_off(visit))
    # Not for the address that was typed in: nobody guesses a signature, and strangers could keep
    # its owner from the one way in that they can send nothing to.
    if (stopped := (yield from count(visit, "passkey"))) is not None:
        return Outcome(stopped)
    next_path = visit.goal(submission.get("next")) or visit.auth.config.after_sign_in
    begun = yield from _ask_scute(visit, settings, who, next_path)
    if isinstance(begun, Reply):
        return Outcome(begun)
    sign_in = visit.random_id("passkey")
    binding = Binding(sign_in, "passkey", next_path, visit.now, who, begun.challenge)
    content = {"options": options_to_sign_in(begun)}
    return Outcome(in_json(content, (), visit.result.changes + bind(visit, binding)))


def prove(visit: Visit) -> Flow[Outcome]:
    """POST /auth/passkey/sign-in: `credential`, what the browser gave, as a text of JSON."""
    binding = bound(visit, "passkey")
    submission = submitted(visit.view)
    if binding is None or submission is None:
        return way_on(visit)
    credential = assertion(submission.get("credential"), binding.sent)
    if credential is None:
        return Outcome(_not_recognised(visit, ResponseChanges()))
    if (stopped := (yield from count(visit, "verify"))) is not None:
        return Outcome(stopped)
    try:
        answer = yield from ask(
            visit.auth.config, PASSKEY_SIGN_IN, body=credential, agent=visit.agent
        )
    except ApiError as error:
        over = unbind(visit, "passkey")
        if is_about_the_person(error):
            return Outcome(refused(visit, error, binding.next, over))
        return Outcome(_not_recognised(visit, over))
    expected = Expected(identifier=binding.identifier)
    return (yield from complete(visit, answer, expected, binding, ResponseChanges()))


def switched_off(visit: Visit) -> Reply:
    return message(
        visit,
        403,
        "passkeys_disabled",
        "passkeys_off",
        actions=visit.action("sign_in_another_way", "/sign-in"),
    )


def _ask_scute(
    visit: Visit, settings: AppSettings, who: str, next_path: str
) -> Flow[Ceremony | Reply]:
    """Scute's challenge; where it gives none, one that nobody can answer."""
    body = {"identifier": who}
    try:
        begun = yield from ask(visit.auth.config, PASSKEY_SIGN_IN_OPTIONS, body=body)
    except ApiError as error:
        if error.code == "sso_required":
            return refused(visit, error, next_path, ResponseChanges())
        if error.code == "invalid_identifier":
            return _no_address(visit)
        yield Log(logging.INFO, "no passkey can be asked for: %s", (error,))
        host = settings.origin.partition("://")[2].partition("/")[0].partition(":")[0]
        seen = (yield from _seen(visit)) or Seen(host)
        return unanswerable(bytes.fromhex(visit.random_id("challenge")), seen)
    yield from _see(visit, Seen(begun.party, len(begun.challenge)))
    return begun


def _seen(visit: Visit) -> Flow[Seen | None]:
    """What this process has seen of Scute's ceremonies, or another one that shares the store."""
    if visit.auth.passkeys_seen is None:
        kept = yield StoreCall("get", _key(visit))
        if kept.value is not None:
            party, length = json.loads(kept.value)
            visit.auth.passkeys_seen = Seen(party, length)
    return visit.auth.passkeys_seen


def _see(visit: Visit, seen: Seen) -> Flow[None]:
    if seen != visit.auth.passkeys_seen:
        content = json.dumps([seen.party, seen.length]).encode()
        yield StoreCall("set", _key(visit), content, _REMEMBERED)
        visit.auth.passkeys_seen = seen


def _key(visit: Visit) -> str:
    return f"scute:{visit.auth.config.app_id}:passkeys"


def _no_address(visit: Visit) -> Reply:
    return message(
        visit,
        422,
        "invalid_identifier",
        "passkey_whose",
        actions=visit.action("back_to_sign_in", "/sign-in"),
    )


def _not_recognised(visit: Visit, changes: ResponseChanges) -> Reply:
    return message(
        visit,
        422,
        "passkey_not_recognised",
        "passkey_unknown",
        actions=visit.action("sign_in_again", "/sign-in"),
        changes=changes,
    )
