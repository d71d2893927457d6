"""The commands of the single page's README that the other tests do not run."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx2

from tests.vendor.backend import README, command
from tests.vendor.published import SPA


def test_the_page_is_built_as_it_says(spa: Path, tmp_path: Path) -> None:
    """`spa` has shown that npm is there, and what it needs in its cache."""
    shutil.copytree(
        spa / SPA, tmp_path / SPA, ignore=shutil.ignore_patterns("dist", "node_modules")
    )

    for line in re.findall(r"^\$ (npm .*)$", README, re.MULTILINE):
        subprocess.run(line.split(), cwd=tmp_path, check=True, capture_output=True)

    built = [file.name for file in sorted((tmp_path / SPA / "dist").iterdir())]
    assert built == ["app.js", "index.html", "style.css"]


def test_the_emulator_it_starts_answers_the_page() -> None:
    words = [word.replace("9000", "0") for word in command("scute-auth", 8123)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        scute = process.stdout.readline().split()[-1].removesuffix("/_emulator")
        origin = {"origin": "http://127.0.0.1:8123"}

        answer = httpx2.get(f"{scute}/v1/apps/app_demo", headers=origin)

        process.terminate()
    assert answer.headers["access-control-allow-origin"] == origin["origin"]
    assert answer.json()["login_url"] == f"{origin['origin']}/"
