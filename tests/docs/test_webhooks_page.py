"""The page on webhooks: its apps hear what Scute sends, its tables are complete."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from scute_auth.deliveries import CLAIMED_FOR, KEPT_FOR
from scute_auth.errors import WebhookReason
from scute_auth.webhook_events import WebhookEvent, WebhookKind, WebhookUser
from scute_auth.webhooks import MAX_WEBHOOK, TOLERANCE

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")

MORE = """
import os

import django
from django.conf import settings
from django.test import Client

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

import by_hand
import flask_app
import hooks
import receivers


def test_flask(scute_webhook):
    client = flask_app.app.test_client()

    for name in ("verification.success", "verification.sms.verified", "verification.sms.denied"):
        answer = scute_webhook(client, name, metadata={"ticket_id": name})
        assert answer.status_code == 200

    assert flask_app.proven == ["verification.success", "verification.sms.verified"]


def test_django(scute_webhook):
    answer = scute_webhook(Client(), "user.created", user={"id": "1", "email": "ana@example.com"})

    assert answer.status_code == 200
    assert hooks.welcomed == ["ana@example.com"]
    assert receivers.heard == ["user.created"]


def test_by_hand(scute_emulator):
    sent = scute_emulator.webhooks.sign("user.updated")
    secret = scute_emulator.webhooks.secret

    assert by_hand.receive(sent.headers, sent.body, secret) == (200, "user.updated")
    assert by_hand.receive(sent.headers, sent.body + b" ", secret) == (400, "signature")
"""

SETTINGS = """
DEBUG = True
SECRET_KEY = "x" * 50
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["scute_django"]
MIDDLEWARE = ["scute_django.middleware.ScuteAuthMiddleware"]
"""

URLS = """
from django.urls import include, path

urlpatterns = [path("auth/", include("scute_django.urls"))]
"""


def names_of(title: str, column: str) -> set[str]:
    """What stands in the first column of a table, below a heading."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    table = section.partition(f"| {column} |")[2].partition("\n\n")[0]
    cells: list[str] = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([\w.]+)`", cell)}


def test_its_apps_hear_what_is_sent(tmp_path: Path) -> None:
    files: list[tuple[str, str]] = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
    setting = re.search(r"`(SCUTE = .*?)`:", PAGE)
    assert setting is not None
    more = [("test_more.py", MORE), ("settings.py", SETTINGS + setting[1]), ("urls.py", URLS)]
    for name, text in files + more:
        (tmp_path / name).write_text(text, "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]

    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert run.stdout.strip().splitlines()[-1].startswith("4 passed"), run.stdout


def test_every_event_stands_there() -> None:
    assert names_of("Events", "name") == {str(kind) for kind in WebhookKind}


def test_every_field_of_an_event_stands_there() -> None:
    section = PAGE.partition("| `event.` | what |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", section))

    assert {each.name for each in (*fields(WebhookEvent), *fields(WebhookUser))} <= named


def test_every_reason_stands_there() -> None:
    assert names_of("What you can rely on", "reason") == {str(each) for each in WebhookReason}


def test_its_figures_are_the_codes() -> None:
    assert f"at most {TOLERANCE} seconds ago" in PAGE
    assert f"{MAX_WEBHOOK // 1024} KiB" in PAGE
    assert (CLAIMED_FOR, KEPT_FOR) == (2 * 60, 24 * 3600)
