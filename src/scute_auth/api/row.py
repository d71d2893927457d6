"""What is known of one operation of Scute's API: a `Row`, as data."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal, TypeAlias

__all__ = ["Basis", "Credential", "Group", "Row"]


class Credential(StrEnum):
    """Whose credential a call carries, and so in which header."""

    SECRET = "secret"  # nosec B105
    """`Authorization: Bearer`, the app's secret."""
    EITHER = "secret/workspace"
    """The same; the reference names the workspace's secret beside it."""
    WORKSPACE = "workspace"
    """`Authorization: Bearer`, the workspace's secret and no other."""
    USER = "user"
    """`X-Authorization`, a user's access token."""
    CALLER = "user/machine"
    """`X-Authorization`, a user's access token or a machine's."""
    MACHINE = "machine"
    """`Authorization: Bearer`, a machine's token."""
    REFRESH = "refresh"
    """`X-Refresh-Token`."""


Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Basis: TypeAlias = Literal["PS", "PT", "ST", "P", "S", "T", "I"]
"""Where a row is from. P: its page of Scute's reference; S: Scute's own SDKs and their tests call
it; T: a third party's client does; I: inferred from the page's title and nothing else."""

_CERTAINTY = {"P": "documented", "S": "proven", "T": "third-party", "I": "inferred"}


@dataclass(frozen=True, slots=True)
class Row:
    """One operation. `name` is the client's group and method; `page` is its page below
    `docs.scute.io/api-reference/`, without the `.md`, where it has one.

    `path` and query take names in braces: `{app_id}` and `{workspace_id}` are the settings'.
    """

    name: str
    method: Method
    path: str
    credentials: tuple[Credential, ...]
    page: str | None
    basis: Basis
    is_once: bool = False
    """A GET that changes something at Scute."""

    @property
    def certainty(self) -> tuple[str, ...]:
        return tuple(_CERTAINTY[letter] for letter in self.basis)

    @property
    def is_experimental(self) -> bool:
        """Nobody was seen to call it: path and credentials are only inferred."""
        return self.basis == "I"

    @property
    def is_repeatable(self) -> bool:
        """May it be sent again where nobody knows what became of the first time?

        No DELETE: the second answer would be that there is no such thing.
        """
        return self.method in ("GET", "PUT") and not self.is_once

    def with_secret(self) -> "Row":
        """The same call as the app's backend makes it, where anybody may make it."""
        return replace(self, credentials=(Credential.SECRET, *self.credentials))

    def listed(self) -> dict[str, Any]:
        """As `scute-auth api --json` shows it."""
        return {
            "page": self.page,
            "group": self.name.partition(".")[0],
            "method": self.method,
            "path": self.path,
            "credentials": [str(credential) for credential in self.credentials],
            "sync": f"ScuteClient.{self.name}",
            "async": f"AsyncScuteClient.{self.name}",
            "certainty": list(self.certainty),
            "repeatable": self.is_repeatable,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """Makes the rows of one group of Scute's reference: they share the beginning of their paths.

    `pages` is the group's folder in the reference.
    """

    name: str
    base: str
    pages: str = ""

    def __call__(
        self,
        name: str,
        method: Method,
        path: str,
        basis: Basis,
        *credentials: Credential,
        page: str | None = None,
        is_once: bool = False,
    ) -> Row:
        page, path = page and f"{self.pages}/{page}", self.base + path
        return Row(f"{self.name}.{name}", method, path, credentials, page, basis, is_once)
