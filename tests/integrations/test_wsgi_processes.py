"""The base middleware in processes of its own: greenlets in place of threads, and forks."""

import subprocess
import sys

from tests.architecture.sources import ROOT


def run(program: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.integrations.{program}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_streams_in_greenlets_never_see_each_others_user() -> None:
    assert run("wsgi_greenlets") == ["50"]


def test_a_fork_after_the_first_request_serves_threads_that_refresh() -> None:
    assert run("wsgi_fork") == ["True", "True", "True"]
