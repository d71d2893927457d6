"""How far it is: a bar on a terminal that has rich, else a line now and then."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

__all__ = ["progress"]


@contextmanager
def progress(total: int, done: int) -> Generator[Callable[[], None], None, None]:
    """Gives what is called for each row, on standard error: the report has the other."""
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ModuleNotFoundError:
        yield _Lines(total, done)
        return
    if not sys.stderr.isatty():
        yield _Lines(total, done)
        return
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("users", total=total, completed=done)
        yield lambda: bar.advance(task)


class _Lines:
    def __init__(self, total: int, done: int) -> None:
        self._total, self._done = total, done
        self._step = max(1, total // 20)

    def __call__(self) -> None:
        self._done += 1
        if self._done % self._step == 0 or self._done == self._total:
            print(f"{self._done} of {self._total}", file=sys.stderr, flush=True)
