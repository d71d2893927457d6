"""`ScuteBackend`: the project's own users for Scute's. Subclass it to decide what goes into them.

Users are found by the id that Scute gave them, and by nothing else, unless linking by a verified
e-mail is switched on.
"""

import logging
from typing import Any, Literal

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string

from scute_auth import Profile, User
from scute_auth.signin.identifiers import same_identifier
from scute_django.conf import config_of_project
from scute_django.models import ScuteAccount

__all__ = ["ScuteBackend"]

logger = logging.getLogger("scute_auth")


class ScuteBackend(ModelBackend):
    """Put it into `AUTHENTICATION_BACKENDS`, and `request.user` is the project's user.

    Permissions are those of `ModelBackend`; this backend knows no password.
    """

    create_users: Literal["at_sign_in", "first_token"] = "at_sign_in"
    """`first_token` is for APIs where nobody ever signs in through this project: a user whose
    token is good is created when `request.user` is first asked for. Only his id is known then."""

    link_by_verified_email: bool = False
    """Link a new sign-in to the user who has this e-mail already. Whoever got such a user
    without proving the address (an open registration, an import) is in that account too."""

    def fill_user(self, user: Any, profile: Profile) -> None:
        """Copy into the project's user what Scute knows of him, before he is saved.

        Called for a new user and again at each sign-in; only what changed is written. What is
        not verified at Scute is only what somebody typed.
        """
        name = _email_field(user)
        if name is not None and profile.email and profile.email_verified:
            setattr(user, name, BaseUserManager.normalize_email(profile.email))

    def authenticate(  # type: ignore[override] # each backend takes credentials of its own
        self,
        request: HttpRequest | None,
        *,
        scute_user: User,
        scute_profile: Profile,
    ) -> AbstractBaseUser | None:
        """The user of a sign-in that Scute has completed, found, linked or created."""
        user = self._found(scute_user.id) or self._added(scute_user.id, scute_profile)
        if user is None:
            return None
        if not self.user_can_authenticate(user):
            logger.warning("a sign-in was refused: the project's user is not active")
            return None
        self._update(user, scute_profile)
        return user

    async def aauthenticate(  # type: ignore[override] # as above
        self, request: HttpRequest | None, **credentials: Any
    ) -> AbstractBaseUser | None:
        return await sync_to_async(self.authenticate)(request, **credentials)

    def why_not(self, scute_user: User, profile: Profile) -> str:
        """For the person whom `authenticate` has just turned away."""
        texts = config_of_project().messages
        if self._found(scute_user.id) is not None:
            return texts["account_inactive"]
        return texts["address_not_verified" if _lacks_name(profile) else "account_not_made"]

    def user_of(self, scute_user: User) -> AbstractBaseUser | None:
        """The project's active user, in one query; None if there is none."""
        user = self._found(scute_user.id)
        if user is None and self.create_users == "first_token":
            user = self._added(scute_user.id, Profile(scute_user.id))
        return user if user is not None and self.user_can_authenticate(user) else None

    async def auser_of(self, scute_user: User) -> AbstractBaseUser | None:
        return await sync_to_async(self.user_of)(scute_user)

    def _found(self, scute_id: str) -> AbstractBaseUser | None:
        # A database that ignores case must not find somebody else.
        accounts = ScuteAccount.objects.select_related("user").filter(scute_id=scute_id)
        return next((found.user for found in accounts if found.scute_id == scute_id), None)

    def _added(self, scute_id: str, profile: Profile) -> AbstractBaseUser | None:
        """Link or create; of two at the same moment the database lets one do it."""
        linked = self._linkable(profile)
        user = linked or self._new(scute_id, profile)
        if not user.get_username():
            cause = "no verified e-mail" if _lacks_name(profile) else "fill_user() did not fill it"
            logger.error("no user was created: his username is left empty: %s", cause)
            return None
        try:
            with transaction.atomic():
                user.save(update_fields=["password"] if linked else None)
                ScuteAccount.objects.create(scute_id=scute_id, user=user)
        except IntegrityError:
            if (found := self._found(scute_id)) is None:
                logger.error(
                    "no user was created at a sign-in: another one has his e-mail or username; "
                    "see link_by_verified_email"
                )
            return found
        return user

    def _new(self, scute_id: str, profile: Profile) -> AbstractBaseUser:
        """A user without a password, named by his id."""
        model: Any = get_user_model()
        user: AbstractBaseUser = model()
        user.set_unusable_password()
        if _email_field(user) != model.USERNAME_FIELD:
            setattr(user, model.USERNAME_FIELD, _free_name(model, scute_id))
        self.fill_user(user, profile)
        return user

    def _linkable(self, profile: Profile) -> AbstractBaseUser | None:
        """The one user who has this e-mail. Never staff: a mail box must not open the admin."""
        if not self.link_by_verified_email or not profile.email or not profile.email_verified:
            return None
        model: Any = get_user_model()
        name = model.get_email_field_name()
        same = [
            user
            for user in model._default_manager.filter(**{f"{name}__iexact": profile.email})
            # Databases take letters for equal that mail servers do not (CVE-2019-19844).
            if same_identifier(getattr(user, name), profile.email)
        ]
        if len(same) != 1 or not _may_be_linked(same[0]):
            if same:
                logger.warning("a sign-in was not linked by e-mail: ambiguous, staff or linked")
            return None
        found: AbstractBaseUser = same[0]
        # Whoever made this user before him, with an address that was not theirs, is out.
        found.set_unusable_password()
        return found

    def _update(self, user: AbstractBaseUser, profile: Profile) -> None:
        """Write what `fill_user` changed and nothing else: a right that was just taken away
        must not come back with a row that was read before."""
        before = _values(user)
        self.fill_user(user, profile)
        changed = [name for name, value in _values(user).items() if before[name] != value]
        if not changed:
            return
        try:
            with transaction.atomic():
                user.save(update_fields=changed)
        except IntegrityError:
            logger.error("a user was not updated at his sign-in: another one has his e-mail")
            user.refresh_from_db()


def _values(user: AbstractBaseUser) -> dict[str, Any]:
    return {field.attname: getattr(user, field.attname) for field in user._meta.concrete_fields}


def _free_name(model: Any, scute_id: str) -> str:
    """His id; with more behind it if somebody has that name: he was unlinked, or never was he."""
    is_taken = model._default_manager.filter(**{model.USERNAME_FIELD: scute_id}).exists()
    return f"{scute_id}-{get_random_string(8)}" if is_taken else scute_id


def _lacks_name(profile: Profile) -> bool:
    """Is the project's user named by an e-mail that this person has not verified?"""
    model: Any = get_user_model()
    is_by_email = model.get_email_field_name() == model.USERNAME_FIELD
    return is_by_email and not (profile.email and profile.email_verified)


def _email_field(user: AbstractBaseUser) -> str | None:
    name = type(user).get_email_field_name()
    return name if any(field.name == name for field in user._meta.concrete_fields) else None


def _may_be_linked(user: Any) -> bool:
    privileged = getattr(user, "is_staff", False) or getattr(user, "is_superuser", False)
    return not privileged and not hasattr(user, "scute_account")
