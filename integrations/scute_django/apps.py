"""The app: `"scute_django"` in `INSTALLED_APPS`."""

from importlib import import_module

from django.apps import AppConfig, apps

__all__ = ["ScuteAppConfig"]


class ScuteAppConfig(AppConfig):
    """Its label is `scute`, and that of its table."""

    name = "scute_django"
    label = "scute"
    verbose_name = "Scute"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("scute_django.checks")
        if apps.is_installed("drf_spectacular"):
            import_module("scute_django.spectacular")
