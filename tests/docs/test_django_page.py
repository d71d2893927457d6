"""The page for Django users, followed line by line: a fresh project, signed in, with the admin."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from scute_django.conf import OWN
from tests.docs.test_readme import free_port, running, wait_for
from tests.postgres import running_postgres

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "django.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "django_project"
TUTORIAL = PAGE.partition("## A fresh project")[2].partition("\n## ")[0]
EMAIL = "ana@example.com"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL, re.DOTALL)


def words_of(line: str) -> list[str]:
    """The command for this interpreter."""
    first, *rest = shlex.split(line)
    if first == "python":
        return [sys.executable, *rest]
    module = {"django-admin": "django", "scute-auth": "scute_auth.cli"}.get(first, first)
    return [sys.executable, "-m", module, *rest]


def command(start: str) -> str:
    lines = [line[2:] for block in blocks("console") for line in block.splitlines()]
    return next(line for line in lines if line.startswith(start))


def served_by(program: str) -> str:
    """How the page says that this server is started."""
    quoted: list[str] = re.findall(r"`([^`\n]+)`", TUTORIAL)
    return next(line for line in quoted if line.startswith(program))


def edits() -> Iterator[tuple[str, str, str]]:
    """Each file with the lines that the page shows of it, before and after."""
    for block in blocks("diff"):
        name, _, hunk = block.partition("\n")
        lines = hunk.splitlines()
        before = "\n".join(line[1:] for line in lines if line[:1] in " -")
        after = "\n".join(line[1:] for line in lines if line[:1] in " +")
        yield name.removeprefix("# "), before, after


def new_files() -> Iterator[tuple[str, str]]:
    for block in blocks("python"):
        name, _, text = block.partition("\n")
        yield name.removeprefix("# "), text


def apply_edits(project: Path) -> None:
    for name, before, after in edits():
        file = project / name
        text = file.read_text("utf-8")
        assert text.count(before) == 1, f"{name}: the page's lines are not those of startproject"
        file.write_text(text.replace(before, after), "utf-8")
    for name, text in new_files():
        (project / name).write_text(text, "utf-8")


class Site:
    """The project of somebody who did what the page says, and his browser."""

    def __init__(self, folder: Path, env: dict[str, str], emulator: str) -> None:
        self.folder = folder
        self.env = env
        self.emulator = emulator

    def manage(self, start: str) -> str:
        """Run the page's command that begins so."""
        words = words_of(command(start))
        run = subprocess.run(
            words, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    @contextmanager
    def served(self, server: list[str]) -> Generator[httpx2.Client]:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        login = {"login_url": f"{url}/auth/callback"}
        httpx2.post(f"{self.emulator}/_emulator/settings", json=login).raise_for_status()
        words = [word.replace("8000", str(port)) for word in server]
        headers = {"accept": "text/html", "origin": url}
        with running(words, self.folder, self.env):
            wait_for(url)
            with httpx2.Client(base_url=url, headers=headers, follow_redirects=True) as browser:
                yield browser

    def sign_in(self, browser: httpx2.Client, wanted: str) -> httpx2.Response:
        """Go to a page that needs a user, and do what one is asked to do."""
        page = browser.get(wanted)
        assert page.url.path == "/auth/sign-in", page.text
        browser.post(
            "/auth/magic-link", data={"identifier": EMAIL, "next": page.url.params["next"]}
        )
        query = urlencode({"to": EMAIL})
        mail = httpx2.get(f"{self.emulator}/_emulator/messages?{query}").json()[0]
        return browser.get(mail["link"])


@contextmanager
def followed(folder: Path, database: dict[str, Any] | None) -> Generator[Site]:
    """The page's commands and edits up to the first start of the server."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("SCUTE_")}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    env["PYTHONUNBUFFERED"] = "1"
    subprocess.run(words_of(command("django-admin")), cwd=folder, env=env, check=True)
    project = folder / "mysite"
    apply_edits(project)
    if database is not None:
        append(project / "mysite" / "settings.py", f"DATABASES = {{'default': {database!r}}}")
    port = free_port()
    words = [word.replace("9000", str(port)) for word in words_of(command("scute-auth"))]
    emulator = f"http://127.0.0.1:{port}"
    with running(words, folder, env) as process:
        wait_for(f"{emulator}/_emulator")
        assert process.stdout is not None
        while "SCUTE_EMULATOR" not in env:
            if match := re.match(r"export (SCUTE_\w+)='?([^'\n]*)'?", process.stdout.readline()):
                env[match[1]] = match[2]
        site = Site(project, env, emulator)
        site.manage("python manage.py migrate")
        assert "no issues" in site.manage("python manage.py check")
        yield site


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    if request.param == "sqlite":
        with followed(tmp_path, None) as site:
            yield site
    else:
        with running_postgres() as database, followed(tmp_path, database) as site:
            yield site


def test_the_page_leads_to_a_user_and_the_admin(site: Site) -> None:
    wsgi = [*words_of(served_by("gunicorn")), "--bind", "127.0.0.1:8000"]
    asgi = [*words_of(served_by("uvicorn")), "--port", "8000"]

    for server, rights in ((wsgi, False), (asgi, True)):
        with site.served(server) as browser:
            landed = site.sign_in(browser, "/me")
            refused = browser.get("/admin/")
            site.manage("python manage.py shell")
            admin = browser.get("/admin/")
            found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', admin.text)
            assert found is not None
            left = browser.post("/admin/logout/", data={"csrfmiddlewaretoken": found[1]})
            home = browser.get("/")
            again = site.sign_in(browser, "/admin/")

        assert (landed.url.path, landed.json()) == ("/me", {"email": EMAIL})
        # By the second server the shell's command has given the rights already.
        assert refused.status_code == (200 if rights else 403)
        assert (admin.status_code, admin.url.path) == (200, "/admin/")
        assert "Site administration" in admin.text
        assert left.status_code == 200
        assert "Sign in" in home.text
        assert again.url.path == "/admin/"


def test_the_development_server_serves_it_too(tmp_path: Path) -> None:
    with followed(tmp_path, None) as site:
        server = [*words_of(command("python manage.py runserver")), "--noreload"]
        with site.served(server) as browser:
            landed = site.sign_in(browser, "/me")

    assert landed.json() == {"email": EMAIL}


REST_VIEW = """
from rest_framework.response import Response
from rest_framework.views import APIView


class Api(APIView):
    def get(self, request):
        return Response({"email": request.user.email})
"""


def test_the_block_for_rest_framework_serves_a_project(tmp_path: Path) -> None:
    block = re.search(r"```python\n(REST_FRAMEWORK.*?)```", PAGE, re.DOTALL)
    assert block is not None
    with followed(tmp_path, None) as site:
        append(site.folder / "mysite" / "settings.py", block[1])
        append(site.folder / "mysite" / "views.py", REST_VIEW)
        append(
            site.folder / "mysite" / "urls.py",
            "urlpatterns.append(path('api', views.Api.as_view()))",
        )
        site.manage("python manage.py check")
        with site.served([*words_of(served_by("gunicorn")), "--bind", "127.0.0.1:8000"]) as browser:
            refused = browser.get("/api", headers={"accept": "application/json"})
            landed = site.sign_in(browser, "/me")
            answered = browser.get("/api", headers={"accept": "application/json"})

    assert (refused.status_code, refused.json()["reason"]) == (401, "missing")
    assert landed.url.path == "/me"
    assert answered.json() == {"email": EMAIL}


def test_the_projects_own_tests_run_as_the_page_says(tmp_path: Path) -> None:
    block = re.search(r"```python\n# mysite/tests.py\n(.*?)```", PAGE, re.DOTALL)
    line = re.search(r"\$ (SCUTE_APP_ID)=(\w+) (python manage.py test)", PAGE)
    assert block is not None
    assert line is not None
    with followed(tmp_path, None) as site:
        (site.folder / "mysite" / "tests.py").write_text(block[1], "utf-8")
        env = {key: value for key, value in site.env.items() if not key.startswith("SCUTE_")}
        run = subprocess.run(
            words_of(line[3]),
            cwd=site.folder,
            env={**env, line[1]: line[2]},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run.returncode == 0, run.stderr
    assert "Ran 1 test" in run.stderr


def append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"\n{text}\n")


def test_the_example_project_has_every_edit_of_the_page() -> None:
    for name, _, after in edits():
        assert double_quoted(after) in (EXAMPLE / name).read_text("utf-8")
    for name, text in new_files():
        assert double_quoted(text) == (EXAMPLE / name).read_text("utf-8")


def test_every_setting_that_only_django_has_stands_in_the_table() -> None:
    table = PAGE.partition("## Settings")[2].partition("\n## ")[0]
    rows: list[str] = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)

    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(OWN)


def double_quoted(text: str) -> str:
    """As this repository writes its own code."""
    return re.sub(r"'([^'\"\n]*)'", r'"\1"', text)
