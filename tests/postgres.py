"""A PostgreSQL of our own, on a socket that only its user and root can reach."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import needs

__all__ = ["running_postgres"]


@contextmanager
def running_postgres() -> Generator[dict[str, Any]]:
    """Django's settings of its database; where the machine has no PostgreSQL, skip."""
    programs = needs.postgres()
    # Not below pytest's folders: PostgreSQL refuses to run as root, and cannot enter them then.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user: str | None = None
    if os.geteuid() == 0:
        user = "postgres"
        shutil.chown(folder, user)
    data = folder / "data"
    init = ["--auth=peer", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C"]
    mapped = f"all {pwd.getpwuid(os.geteuid()).pw_name} postgres\n"
    try:
        _run([str(programs / "initdb"), "-D", str(data), *init], user)
        (data / "pg_ident.conf").write_text(f"{mapped}all postgres postgres\n", "utf-8")
        (data / "pg_hba.conf").write_text("local all all peer map=all\n", "utf-8")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
        _run([*control, "-o", options, "-l", str(folder / "log"), "start"], user)
        try:
            yield {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "postgres",
                "USER": "postgres",
                "HOST": str(folder),
            }
        finally:
            _run([*control, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder)


def _run(command: list[str], user: str | None) -> None:
    subprocess.run(
        command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
