"""Scute's own clients as npm has them: fetched and bundled once in a run, for all its processes."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.needs import node, npm_packages

__all__ = ["SPA", "bundle_of_core", "bundles_of_nextjs", "node_packages", "spa"]

HERE = Path(__file__).parent
SPA = Path("examples") / "spa"


def spa(factory: pytest.TempPathFactory) -> Path:
    """A folder in which `examples.spa` is a package whose page is built."""
    return _once(factory, "spa", _build_spa)


def bundle_of_core(factory: pytest.TempPathFactory) -> Path:
    """`@scute/core` as a script for a page: its exports are in `scute`."""
    built = spa(factory)

    def bundle(folder: Path) -> None:
        flags = ["--bundle", "--format=iife", "--global-name=scute", f"--outfile={folder}/core.js"]
        _esbuild(built / SPA, "node_modules/@scute/core/dist/index.mjs", *flags)

    return _once(factory, "core", bundle) / "core.js"


def bundles_of_nextjs(factory: pytest.TempPathFactory, sources: Mapping[str, str]) -> Path:
    """Files of a Next.js app, by name, as scripts for pages that have the settings.

    The exports of each are in `app`; the packages lie beside them.
    """
    built = spa(factory)

    def bundle(folder: Path) -> None:
        npm_packages(HERE / "nextjs", folder)
        defined = {
            "NODE_ENV": '"development"',
            "NEXT_PUBLIC_SCUTE_APP_ID": "settings.app_id",
            "NEXT_PUBLIC_SCUTE_BASE_URL": "settings.base_url",
        }
        flags = [f"--define:process.env.{name}={value}" for name, value in defined.items()]
        flags += ["--bundle", "--format=iife", "--global-name=app", f"--outdir={folder}"]
        for name, source in sources.items():
            (folder / f"{name}.ts").write_text(source, "utf-8")
            _esbuild(built / SPA, f"{folder}/{name}.ts", *flags)

    return _once(factory, "nextjs", bundle)


def node_packages(factory: pytest.TempPathFactory) -> Path:
    """A folder from which Node finds `@scute/node`."""
    return _once(factory, "node", lambda folder: npm_packages(HERE, folder))


def _build_spa(folder: Path) -> None:
    """As its README says, on a copy."""
    ours = HERE.parents[1] / SPA
    theirs = folder / SPA
    shutil.copytree(ours, theirs, ignore=shutil.ignore_patterns("node_modules", "dist"))
    # Without it, another `examples` on the path would be found first.
    shutil.copy(ours.parent / "__init__.py", theirs.parent)
    npm_packages(ours, theirs)
    subprocess.run(["npm", "run", "build"], cwd=theirs, check=True, capture_output=True)


def _esbuild(folder: Path, *arguments: str) -> None:
    program = "node_modules/esbuild/bin/esbuild"
    subprocess.run([node(), program, *arguments], cwd=folder, check=True, capture_output=True)


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that one of the run's processes makes, while the others wait."""
    base = factory.getbasetemp()
    # With xdist each process has a folder of its own, in one that they share.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with _alone(shared / f"{name}.lock"):
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


@contextmanager
def _alone(path: Path) -> Generator[None, None, None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
