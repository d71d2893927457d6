"""A view that forgot its `Depends` must not take a caller's word for who he is."""

from typing import Annotated, Any

import pytest
from fastapi import FastAPI

from scute_auth import Claims, ConfigError, Machine, Profile, User
from scute_fastapi import current_user


@pytest.mark.parametrize(
    "annotation",
    [User, Annotated[User, current_user], User | None, list[User], Profile, Claims, Machine],
)
def test_what_only_we_make_is_never_read_from_a_body(annotation: Any) -> None:
    app = FastAPI()

    async def me(user: Any) -> str:
        return "entered"

    me.__annotations__["user"] = annotation

    with pytest.raises(ConfigError, match="Depends"):
        app.get("/me")(me)


def test_nor_is_it_sent_as_it_is() -> None:
    app = FastAPI()

    async def me() -> Any:
        return None

    me.__annotations__["return"] = User

    with pytest.raises(ConfigError, match="a model of your own"):
        app.get("/me")(me)
