"""What each app is made from, and its pages: one for everybody, one for users, and one that asks
once more who it is."""

from collections.abc import Callable
from dataclasses import dataclass

from scute_auth import AsyncScute, MemoryStore, Scute, ScuteConfig, User
from tests.browser.recording import Seen

__all__ = ["STEP_UP", "Setup", "home", "page_for"]

STEP_UP = 300


@dataclass(frozen=True)
class Setup:
    """The settings, the time, and where the app's door writes down who came."""

    config: ScuteConfig
    clock: Callable[[], float]
    seen: list[Seen]

    def scute(self) -> Scute:
        """With a store of its own: the process's would count other tests' attempts too."""
        return Scute(self.config, clock=self.clock, store=MemoryStore())

    def async_scute(self) -> AsyncScute:
        return AsyncScute(self.config, clock=self.clock, store=MemoryStore())


def home(user: User | None) -> str:
    if user is None:
        return "<title>Home</title><h1>Home</h1><p>Nobody</p><a href='/auth/sign-in'>Sign in</a>"
    form = "<form method=post action=/auth/sign-out><button>Sign out</button></form>"
    return f"<title>Home</title><h1>Home</h1><p>User {user.id}</p>{form}"


def page_for(user: User, title: str) -> str:
    return f"<title>{title}</title><h1>{title}</h1><p>For {user.id}</p>"
