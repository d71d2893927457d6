"""`UserRequiredMixin`: a class-based view that only a signed-in user gets into."""

from typing import Any, ClassVar, Literal

from django.http import HttpRequest
from django.views import View

from scute_auth import ConfigError
from scute_auth.runtime import Requirement
from scute_django.guard import arefusal, kept_private, refusal

__all__ = ["UserRequiredMixin"]


class UserRequiredMixin(View):
    """Goes first: `class Invoices(UserRequiredMixin, ListView)`. Both kinds of handlers work.

    What `@require_user` takes are attributes here: `step_up`, `impersonated` and `check`.
    """

    step_up: ClassVar[int | None] = None
    impersonated: ClassVar[bool | None] = None
    check: ClassVar[Literal["local", "remote"] | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._requirement()
        for earlier in cls.__mro__[: cls.__mro__.index(UserRequiredMixin)]:
            if "dispatch" in vars(earlier) and not issubclass(earlier, UserRequiredMixin):
                raise ConfigError(
                    f"{cls.__qualname__}: name UserRequiredMixin before {earlier.__qualname__}, "
                    "which may let people in without asking it"
                )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.view_is_async:
            return self._adispatch(request, *args, **kwargs)
        if (refused := refusal(request, self._requirement())) is not None:
            return refused
        return kept_private(super().dispatch(request, *args, **kwargs), request)

    async def _adispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if (refused := await arefusal(request, self._requirement())) is not None:
            return refused
        answer: Any = super().dispatch(request, *args, **kwargs)
        return kept_private(await answer, request)

    @classmethod
    def _requirement(cls) -> Requirement:
        return Requirement(cls.step_up, cls.impersonated, cls.check)
