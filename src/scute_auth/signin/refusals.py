"""Scute's no to a step of a sign-in, in words, with the way on."""

from scute_auth.errors import ApiError
from scute_auth.http import Reply, ResponseChanges
from scute_auth.signin import sso
from scute_auth.signin.visit import Visit, message

__all__ = ["is_about_the_person", "refused"]


def is_about_the_person(error: ApiError) -> bool:
    """May this person not sign in this way at all, whatever link or code comes?"""
    return error.code in ("sso_required", "account_deactivated")


def refused(visit: Visit, error: ApiError, next_path: str, changes: ResponseChanges) -> Reply:
    if error.code == "sso_required":
        return sso.offer(visit, error, next_path, changes)
    if error.code == "account_deactivated":
        return message(
            visit,
            403,
            error.code,
            "deactivated",
            changes=changes,
        )
    return message(
        visit,
        400,
        error.code or "not_completed",
        "used_link",
        actions=visit.action("sign_in_again", "/sign-in"),
        changes=changes,
    )
