"""Who is linked to whom, in the admin: to be looked at, and unlinked by deleting."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from scute_django.models import ScuteAccount

__all__ = ["ScuteAccountAdmin"]

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[ScuteAccount]
else:
    _Admin = admin.ModelAdmin


@admin.register(ScuteAccount)
class ScuteAccountAdmin(_Admin):
    """Scute decides who somebody is, so a link is made by signing in, and never by hand."""

    list_display = ("scute_id", "user", "linked_at")
    list_select_related = ("user",)
    readonly_fields = ("scute_id", "user", "linked_at")
    search_fields = ("scute_id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
