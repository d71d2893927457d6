"""The one table: which user of the project stands for which user at Scute."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["ScuteAccount"]


class ScuteAccount(models.Model):
    """A user of the project, linked to a user at Scute when he first signed in.

    Deleting it unlinks the two; the next sign-in makes a new one. To shut somebody out, make the
    project's user inactive.
    """

    scute_id: "models.CharField[str, str]" = models.CharField(
        _("Scute user id"), max_length=255, unique=True, editable=False
    )
    user: "models.OneToOneField[AbstractBaseUser, AbstractBaseUser]" = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="scute_account",
        editable=False,
    )
    linked_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(
        _("linked at"), auto_now_add=True
    )

    class Meta:
        db_table = "scute_account"
        verbose_name = _("Scute account")
        verbose_name_plural = _("Scute accounts")

    def __str__(self) -> str:
        return self.scute_id
