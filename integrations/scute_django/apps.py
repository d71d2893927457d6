"""The app: `"scute_django"` in `INSTALLED_APPS`."""

from django.apps import AppConfig

__all__ = ["ScuteAppConfig"]


class ScuteAppConfig(AppConfig):
    """Its label is `scute`, and that of its table."""

    name = "scute_django"
    label = "scute"
    verbose_name = "Scute"
    default_auto_field = "django.db.models.BigAutoField"
