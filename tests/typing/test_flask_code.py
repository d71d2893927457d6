"""What a type checker sees of Flask's adapter: mypy and pyright read this file."""

from typing import assert_type

from flask import Flask
from flask.views import MethodView

import scute_flask
from scute_auth import Profile, Scute, ScuteConfig, User
from scute_auth.http import Reply
from scute_flask import current_user, optional_user, public, require_user


def welcome(user: User, profile: Profile) -> None: ...


@require_user
def bare(number: int) -> str:
    assert_type(optional_user(), User | None)
    assert_type(scute_flask.current_profile(), Profile)
    scute_flask.to_response(Reply(204))
    return current_user.id


@require_user(step_up=300, impersonated=False, check="remote")
async def demanding(number: int) -> str:
    return current_user.id


@public
def home() -> str:
    if not current_user:
        return "sign in"
    takes_a_user(current_user)
    return current_user.id


def takes_a_user(user: User) -> str:
    return user.id


class Notes(MethodView):
    decorators = [require_user]  # noqa: RUF012 - as Flask's documents write it

    @require_user(check="remote")
    def get(self, number: int) -> str:
        return current_user.id


async def calls() -> None:
    assert_type(bare(1), str)
    assert_type(await demanding(1), str)
    assert_type(home(), str)
    assert_type(Notes().get(1), str)


def test_flask_code_is_well_typed() -> None:
    config = ScuteConfig(app_id="app_demo")
    app, other = Flask(__name__), Flask(__name__)
    extension = scute_flask.ScuteAuth(config=config, on_sign_in=welcome)
    extension.init_app(app)
    scute_flask.ScuteAuth(other, scute=Scute(config))
    app.add_url_rule("/bare/<int:number>", view_func=bare)
    app.add_url_rule("/notes/<int:number>", view_func=Notes.as_view("notes"))

    assert app.extensions["scute"] is not other.extensions["scute"]
