"""The page on verification: its apps take the answer, its table is complete."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from scute_auth import IntentVerification
from scute_auth.risk import Risk

PAGE = (Path(__file__).parents[2] / "docs" / "verification.md").read_text("utf-8")

MORE = """
import os

import django
from django.test import Client

from test_verification import new_machine

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()


def test_django(scute_emulator):
    from test_verification import answered
    from with_django import ask, confirmed

    ask.ask("ada@example.com", "T-4")
    url = answered(scute_emulator).removeprefix("http://127.0.0.1:8000")

    first, second = Client().get(url), Client().get(url)

    assert (first.status_code, first["location"]) == (302, "/tickets/T-4")
    assert first["referrer-policy"] == "no-referrer"
    assert second["location"] == "/tickets/T-4?not=replayed"
    assert confirmed == ["T-4"]
"""

SETTINGS = """
DEBUG = True
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "x" * 50
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["scute_django"]
MIDDLEWARE = ["scute_django.middleware.ScuteAuthMiddleware"]
"""

URLS = """
from django.urls import include, path

from with_django import verified

urlpatterns = [
    path("auth/", include("scute_django.urls")),
    path("verified/<ticket>", verified),
]
"""


def test_its_apps_take_the_answer(tmp_path: Path) -> None:
    files: list[tuple[str, str]] = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
    more = [("test_more.py", MORE), ("settings.py", SETTINGS), ("urls.py", URLS)]
    for name, text in files + more:
        (tmp_path / name).write_text(text, "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]

    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert run.stdout.strip().splitlines()[-1].startswith("4 passed"), run.stdout


def test_every_field_stands_there() -> None:
    section = PAGE.partition("| `result.` | what |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", section))

    assert {each.name for each in (*fields(IntentVerification), *fields(Risk))} <= named
