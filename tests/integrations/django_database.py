"""A database for Django's tests: `using_database(ENGINE=..., NAME=...)`, migrated and empty."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asgiref.sync import SyncToAsync
from django.core.management import call_command
from django.db import connections

__all__ = ["empty_database", "sqlite", "using_database"]


def sqlite(folder: Path) -> dict[str, Any]:
    """A file: threads share it, and wait for each other."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder / "db.sqlite3"),
        "OPTIONS": {"timeout": 20, "init_command": "PRAGMA synchronous=OFF"},
    }


@contextmanager
def using_database(**database: Any) -> Generator[None]:
    """Every thread's default database is this one."""
    settings = connections.settings
    before = settings["default"]
    close_connections()
    settings["default"] = connections.configure_settings({"default": database})["default"]
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        close_connections()
        settings["default"] = before


def empty_database() -> None:
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)


def close_connections() -> None:
    """Those of this thread, and of the one in which asynchronous code asks the database."""
    SyncToAsync.single_thread_executor.submit(_close_own).result()
    _close_own()


def _close_own() -> None:
    for alias in list(connections):
        connections[alias].close()
        del connections[alias]
