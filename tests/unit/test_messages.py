"""Our texts, and an app's own in their place."""

from typing import Any

import pytest

from scute_auth.config import ScuteConfig
from scute_auth.errors import ConfigError
from scute_auth.messages import ENGLISH, Html, Messages
from scute_auth.texts import TEXTS

GERMAN = Messages(
    {
        "lang": "de",
        "sign_in": "Anmelden",
        "date_and_time": "{day}. {month} {year}, {time} Uhr (UTC)",
        "months": (
            "Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember"
        ),
    }
)


def test_without_any_replaced_it_is_the_catalogue() -> None:
    assert dict(ENGLISH) == TEXTS
    assert len(ENGLISH) == len(TEXTS)


def test_single_texts_are_replaced() -> None:
    assert GERMAN["sign_in"] == "Anmelden"
    assert GERMAN["sign_out"] == "Sign out"


def test_it_is_a_value() -> None:
    same = Messages(dict(GERMAN))

    assert same == GERMAN != ENGLISH
    assert hash(same) == hash(GERMAN)
    assert repr(GERMAN) == "<Messages lang='de'>"


def test_a_plain_text_is_left_as_it_is() -> None:
    assert ENGLISH.text("fill_in", fields="A & B") == "Fill in: A & B."


def test_for_a_page_text_and_values_are_escaped() -> None:
    """What an app puts in its place is text too, and so is what stands in a placeholder."""
    own = Messages({"with_provider": "<b>Weiter</b> mit {provider}"})

    said = own.say("with_provider", provider="'<script>")

    assert said == "&lt;b&gt;Weiter&lt;/b&gt; mit &#x27;&lt;script&gt;"
    assert said.__html__() is said


def test_html_that_is_put_in_stays_html() -> None:
    said = ENGLISH.say("not_you", sign_out=Html('<a href="/x">A</a>'))

    assert said == 'Not you? <a href="/x">A</a>'


def test_a_value_in_braces_is_not_filled_in_again() -> None:
    assert ENGLISH.say("remove_what", name="{name.__class__}") == "Remove {name.__class__}"


@pytest.mark.parametrize(
    ("count", "text"), [(1, "1 minute."), (0, "0 minutes."), (2, "2 minutes.")]
)
def test_one_and_many(count: int, text: str) -> None:
    assert ENGLISH.counted("too_often_text", count) == f"Try again in {text}"


def test_a_time_is_written_as_in_the_language() -> None:
    assert ENGLISH.moment(1_772_874_300) == "7 March 2026 at 09:05 UTC"
    assert GERMAN.moment(1_772_874_300) == "7. März 2026, 09:05 Uhr (UTC)"


@pytest.mark.parametrize(
    ("key", "text", "complaint"),
    [
        ("sign_inn", "Anmelden", "there is no text 'sign_inn': did you mean 'sign_in'"),
        ("qqqqqqq", "x", "there is no text 'qqqqqqq'$"),
        (7, "x", "there is no text 7"),
        ("sign_in", "", "sign_in: give a text"),
        ("sign_in", " ", "sign_in: give a text"),
        ("sign_in", None, "sign_in: give a text"),
        ("lang", 'de" onload="x', "lang: write it like 'en'"),
        ("dir", "left", "dir: write it like 'ltr'"),
        ("months", "Januar,Februar", "months: write it like 'January, "),
        ("with_provider", "Weiter", "with_provider: keep the names in braces of 'Continue with"),
        ("sign_in", "Anmelden {now}", "sign_in: keep the names"),
        ("with_provider", "{provider} {provider.__class__}", "keep the names"),
        ("with_provider", "{provider!r}", "keep the names"),
        ("with_provider", "{provider:>9}", "keep the names"),
        ("with_provider", "{{provider}}", "keep the names"),
        ("with_provider", "{provider", "keep the names"),
        ("with_provider", "{provider} }", "keep the names"),
    ],
)
def test_a_text_that_would_fail_on_a_page_fails_here(key: Any, text: Any, complaint: str) -> None:
    with pytest.raises(ConfigError, match=f"^messages: .*{complaint}"):
        Messages({key: text})


class TestAsASetting:
    @pytest.mark.parametrize("written", [{"sign_in": "Anmelden"}, '{"sign_in": "Anmelden"}'])
    def test_it_is_taken_as_a_person_writes_it(self, written: Any) -> None:
        config = ScuteConfig.from_mapping({"app_id": "app_demo", "messages": written}, environ={})

        assert config.messages == Messages({"sign_in": "Anmelden"})
        hash(config)

    def test_the_environment_has_it_as_json(self) -> None:
        environ = {"SCUTE_APP_ID": "app_demo", "SCUTE_MESSAGES": '{"sign_in": "Anmelden"}'}

        assert ScuteConfig.from_env(environ).messages["sign_in"] == "Anmelden"

    @pytest.mark.parametrize("text", ["Anmelden", '["sign_in"]', '"x"'])
    def test_what_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(ConfigError, match="SCUTE_MESSAGES: use a JSON object"):
            ScuteConfig.from_env({"SCUTE_APP_ID": "app_demo", "SCUTE_MESSAGES": text})

    @pytest.mark.parametrize("value", [7, ["sign_in"], {"sign_in": "Anmelden"}])
    def test_another_kind_of_value_is_refused(self, value: Any) -> None:
        with pytest.raises(ConfigError, match="messages: use a Messages, not"):
            ScuteConfig("app_demo", messages=value)
