"""`request.user` in APIs of projects without `ScuteBackend`."""

from dataclasses import dataclass

__all__ = ["StatelessUser"]


@dataclass(frozen=True, slots=True)
class StatelessUser:
    """`request.user` of an API whose project keeps no users: an id, and no rights."""

    id: str
    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False

    @property
    def pk(self) -> str:
        return self.id

    @property
    def username(self) -> str:
        return self.id

    def get_username(self) -> str:
        return self.id

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_perms(self, perms: object, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False
