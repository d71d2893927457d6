"""The pages: what each is given, what each says, and the headers that go with it."""

import builtins
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from scute_auth import pages
from scute_auth.config import ScuteConfig
from scute_auth.errors import ConfigError
from scute_auth.http import Page, Reply, RequestView
from scute_auth.messages import Messages
from scute_auth.public_app import OAuthProvider
from scute_auth.signin.changes import Change

CONFIG = ScuteConfig("app_demo", after_sign_out="/bye")
EMULATED = ScuteConfig("app_demo", base_url="http://127.0.0.1:9000/", emulator=True)
VIEW = RequestView("http", "GET", "http", "/auth/sign-in", ())
GOOGLE = OAuthProvider("google", "Google")

EMAIL: dict[str, Any] = {
    "kind": "email",
    "action": "/auth/magic-link",
    "label": "E-mail address",
    "type": "email",
    "autocomplete": "email",
    "button": "Send me a link",
    "how": "We send you a link.",
    "value": "",
    "error": None,
}

TOTP: dict[str, Any] = {
    "id": "m1",
    "kind": "totp",
    "name": "<Pixel>",
    "is_default": True,
    "last_used_at": 1_800_000_000.0,
}
MAIL: dict[str, Any] = {
    "id": "m2",
    "kind": "email",
    "name": "",
    "is_default": False,
    "last_used_at": None,
}

CONTEXTS: Mapping[str, Mapping[str, Any]] = {
    "sign_in": {
        "forms": [EMAIL],
        "registration": None,
        "providers": (GOOGLE,),
        "passkeys": True,
        "next": "/a?b=c&d",
        "error": None,
        "signed_in": False,
        "has_account": True,
    },
    "check_inbox": {"identifier": "ana@example.com", "next": "/a?b=c&d", "seconds_left": 587},
    "enter_code": {
        "identifier": "+15550100",
        "next": "/a?b=c&d",
        "resend_in": 17,
        "error": None,
    },
    "second_factor": {
        "action": "/auth/mfa",
        "purpose": "mfa",
        "method": "sms_otp",
        "others": ["totp", "backup_code"],
        "resend_in": 17,
        "shown": "d1g3st",
        "options": "",
        "next": "/a?b=c&d",
        "permission": "",
        "error": None,
    },
    "passkeys": {
        "passkeys": [
            {
                "id": "p1",
                "name": "Laptop",
                "created_at": 1_772_870_700.0,
                "last_used_at": 1_773_000_000.0,
            }
        ],
        "may_change": True,
        "may_add": True,
        "switched_on": True,
        "sign_in_again": "/auth/sign-in?next=/auth/passkeys",
    },
    "confirm": {
        "address": "ana@example.com",
        "asked_here": False,
        "may_be_invited": False,
        "asked_at": datetime(2026, 3, 7, 9, 5, tzinfo=UTC),
        "replaces": False,
        "shown": "digest",
        "fields": [],
        "error": None,
    },
    "message": {"title": "A title", "text": "A text.", "actions": (("Go on", "/on"),)},
    "mfa_offer": {
        "available": ("totp", "sms", "email"),
        "wanted": "suggested",
        "days": 3,
        "email": "ana@example.com",
        "phone": "+15550100",
        "next": "/a?b=c&d",
    },
    "mfa_methods": {
        "methods": [TOTP, MAIL],
        "backup_codes": 3,
        "available": ("totp", "sms", "email"),
        "may_change": True,
        "confirmed": None,
        "email": "ana@example.com",
        "phone": "",
        "next": None,
        "error": None,
    },
    "mfa_enroll": {
        "kind": "totp",
        "address": "",
        "qr": pages.qr_code("otpauth://totp/x?secret=ABCDEFGHIJ"),
        "secret": "ABCDEFGHIJ",
        "error": None,
    },
    "backup_codes": {"codes": ("abcde-12345", "fghij-67890")},
    "sessions": {
        "sessions": [
            {
                "id": "s1",
                "name": "Firefox",
                "current": True,
                "created_at": 1_800_000_000.0,
                "last_used_at": 1_800_000_000.0,
            },
            {
                "id": "s2",
                "name": "<Chrome>",
                "current": False,
                "created_at": None,
                "last_used_at": None,
            },
        ],
        "knows_current": True,
        "may_end": True,
    },
    "sign_out": {"signed_in": True},
}


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def shown(name: str, config: ScuteConfig = CONFIG, **changes: Any) -> Elements:
    page = pages.page(VIEW, config, name, **{**CONTEXTS[name], **changes})
    reply = pages.render(Reply(200, page=page), pages.default_renderer, "n0nce")
    return Elements(reply.body.decode("utf-8"))


def test_there_is_a_context_here_for_each_page() -> None:
    assert tuple(CONTEXTS) == pages.PAGES


@pytest.mark.parametrize("name", pages.PAGES)
class TestEachPage:
    def test_is_one_document_with_one_heading(self, name: str) -> None:
        page = shown(name)

        assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
        assert [len(page.all(tag)) for tag in ("title", "main", "h1")] == [1, 1, 1]

    def test_names_the_app_where_it_is_known(self, name: str) -> None:
        assert "· Shop & Co" in shown(name, app_name="Shop & Co").text
        assert "·" not in shown(name).text

    def test_runs_and_styles_nothing_without_the_nonce(self, name: str) -> None:
        page = shown(name)

        for element in page.all("script") + page.all("style"):
            assert element == {"nonce": "n0nce"}
        for _, attributes in page.elements:
            assert not [key for key in attributes if key == "style" or key.startswith("on")]

    def test_asks_no_other_origin_for_anything(self, name: str) -> None:
        for tag, attributes in shown(name, EMULATED).elements:
            loads = attributes.get("src") or (tag == "link" and attributes.get("href"))
            assert not loads

    def test_posts_to_our_own_routes_only(self, name: str) -> None:
        for form in shown(name).all("form"):
            assert form["method"] == "post"
            assert (form["action"] or "").startswith("/auth/")

    def test_labels_each_field(self, name: str) -> None:
        page = shown(name)
        labels = {label["for"] for label in page.all("label")}

        fields = {each.get("id") for each in page.all("input") if each.get("type") != "hidden"}

        assert fields == labels


class TestTexts:
    HEBREW = ScuteConfig(
        "app_demo",
        messages=Messages({"lang": "he", "dir": "rtl", "with_passkey": "<b>\u05d0</b> & 'x'"}),
    )

    def test_the_language_goes_with_them(self) -> None:
        assert shown("sign_in", self.HEBREW).all("html") == [{"lang": "he", "dir": "rtl"}]

    def test_an_apps_own_are_text_and_no_html(self) -> None:
        page = shown("sign_in", self.HEBREW)

        assert "<b>\u05d0</b> & 'x'" in page.text
        assert page.all("b") == []

    def test_in_a_script_they_end_no_script(self) -> None:
        own = Messages({"passkey_failed": "</script><b>\"'`"})

        page = shown("sign_in", ScuteConfig("app_demo", messages=own))

        assert page.all("b") == []
        assert "\\u003c/script\\u003e" in page.text


class TestColor:
    @staticmethod
    def style(config: ScuteConfig, **told: Any) -> str:
        page = pages.page(VIEW, config, "sign_in", **{**CONTEXTS["sign_in"], **told})
        reply = pages.render(Reply(200, page=page), pages.default_renderer, "n0nce")
        return reply.body.decode("utf-8").partition("<style")[2].partition("</style>")[0]

    def test_the_setting_goes_before_what_scute_tells(self) -> None:
        own = ScuteConfig("app_demo", accent_color="#a01050")

        assert "--accent: #a01050;" in self.style(own, accent_color="#105090")
        assert "--accent: #105090;" in self.style(CONFIG, accent_color="#105090")

    def test_without_either_it_is_ours(self) -> None:
        assert self.style(CONFIG).count("--accent: ") == 2

    def test_what_is_no_colour_reaches_no_style_sheet(self) -> None:
        style = self.style(CONFIG, accent_color="#fff;}</style><script>")

        assert style == self.style(CONFIG)


class TestSignIn:
    def test_leads_to_a_provider_and_back_to_where_the_visitor_was(self) -> None:
        page = shown("sign_in")

        assert {
            "class": "button quiet",
            "href": "/auth/oauth/google?next=/a%3Fb%3Dc%26d",
        } in page.all("a")
        assert {"type": "hidden", "name": "next", "value": "/a?b=c&d"} in page.all("input")

    def test_says_what_is_wrong_with_the_address(self) -> None:
        wrong = "Enter one e-mail address."
        page = shown("sign_in", error=wrong, forms=[{**EMAIL, "error": wrong, "value": "a'\"b"}])

        field = next(each for each in page.all("input") if each.get("type") == "email")
        assert field["aria-invalid"] == "true"
        assert field["aria-describedby"] == "problem"
        assert field["value"] == "a'\"b"
        assert {"class": "problem", "id": "problem", "role": "alert"} in page.all("p")
        assert page.text.startswith("Problem: Sign in")

    def test_without_links_by_mail_it_shows_the_providers_alone(self) -> None:
        page = shown("sign_in", forms=[], error="A problem.")

        assert page.all("form") == []
        assert "A problem." in page.text
        assert "Continue with Google" in page.text

    def test_without_any_way_it_says_so(self) -> None:
        page = shown("sign_in", forms=[], providers=())

        assert "no way to sign in" in page.text

    def test_who_is_signed_in_may_go_on(self) -> None:
        assert {"href": "/a?b=c&d"} in shown("sign_in", signed_in=True).all("a")


class TestCheckInbox:
    def test_knows_how_long_to_wait(self) -> None:
        form = shown("check_inbox").all("form")[0]

        assert form["data-seconds-left"] == "587"
        assert form["action"] == "/auth/magic-link/status"

    def test_points_to_the_inbox_of_the_emulator_and_only_there(self) -> None:
        inbox = {"href": "http://127.0.0.1:9000/_emulator"}

        assert inbox in shown("check_inbox", EMULATED).all("a")
        assert "emulator" not in shown("check_inbox").text

    def test_another_address_keeps_the_way_back(self) -> None:
        again = [link["href"] for link in shown("check_inbox").all("a")]

        assert again == ["/auth/sign-in?next=/a%3Fb%3Dc%26d"] * 2


@pytest.mark.parametrize("name", ["sessions", "passkeys"])
def test_what_others_name_cannot_turn_our_own_words_round(name: str) -> None:
    """A session is named after its browser, which whoever began it chose."""
    listed = [{**entry, "name": "\u202etset"} for entry in CONTEXTS[name][name]]

    page = shown(name, CONFIG, **{name: listed})

    assert len(page.all("bdi")) >= len(page.all("li"))


class TestEnterCode:
    def test_calls_a_number_a_number(self) -> None:
        assert "another address" not in shown("enter_code").text
        assert "If this number can sign in here" in shown("enter_code").text

    def test_of_a_mail_it_tells_where_it_may_lie(self) -> None:
        page = shown("enter_code", identifier="ana@example.com")

        assert "If this address can sign in here" in page.text
        assert "spam folder" in page.text


class TestPasskeys:
    def test_without_any_it_says_what_they_are_for(self) -> None:
        page = shown("passkeys", passkeys=[])

        assert "You have none yet" in page.text
        assert "switched off" not in page.text

    def test_where_they_are_off_it_says_so_and_praises_nothing(self) -> None:
        page = shown("passkeys", passkeys=[], may_add=False, switched_on=False)

        assert "Passkeys are switched off on this site" in page.text
        assert "You have none yet" not in page.text


class TestConfirm:
    def test_says_who_asked_and_when(self) -> None:
        page = shown("confirm")

        assert page.all("time") == [{"datetime": "2026-03-07T09:05:00+00:00"}]
        assert "Another browser asked for this sign-in on 7 March 2026 at 09:05 UTC" in page.text
        assert {"type": "hidden", "name": "shown", "value": "digest"} in page.all("input")

    def test_to_somebody_new_it_may_be_an_invitation(self) -> None:
        page = shown("confirm", may_be_invited=True)

        assert "Another browser asked for this sign-in on 7" in page.text
        assert "the browser of whoever invited you" in page.text
        assert "invited" not in shown("confirm").text

    def test_without_a_time_it_names_none(self) -> None:
        page = shown("confirm", asked_at=None)

        assert page.all("time") == []
        assert "Another browser asked for this sign-in." in page.text

    def test_in_the_browser_that_asked_it_says_so(self) -> None:
        page = shown("confirm", asked_here=True)

        assert "You asked for it in this browser" in page.text
        assert "Another browser" not in page.text

    def test_keeps_the_claimed_address_apart_from_its_own_words(self) -> None:
        page = shown("confirm", address="<b>\u05d0</b> & more")

        assert page.all("b") == []
        assert len(page.all("bdi")) == 1
        assert "<b>\u05d0</b> & more" in page.text

    def test_without_an_address_it_says_so(self) -> None:
        page = shown("confirm", address=None)

        assert page.all("bdi") == []
        assert "does not say whom it signs in" in page.text

    def test_warns_before_a_session_is_replaced(self) -> None:
        assert "signed in here with another account" in shown("confirm", replaces=True).text
        assert "another account" not in shown("confirm").text

    def test_offers_a_way_out(self) -> None:
        assert {"class": "button quiet", "href": "/bye"} in shown("confirm").all("a")


FIELDS: list[dict[str, Any]] = [
    {
        "name": "meta.first_name",
        "label": "First name",
        "type": "text",
        "autocomplete": "given-name",
        "required": True,
        "value": 'a"b',
        "missing": True,
    },
    {
        "name": "meta.news",
        "label": "Send me news",
        "type": "checkbox",
        "autocomplete": "on",
        "required": False,
        "value": True,
        "missing": False,
    },
]


class TestFieldsOfNewUsers:
    @pytest.mark.parametrize(
        ("name", "context"),
        [
            ("confirm", {"fields": FIELDS, "error": "Fill in: First name."}),
            (
                "sign_in",
                {
                    "registration": {**EMAIL, "fields": FIELDS, "error": "Fill in: First name."},
                    "error": "Fill in: First name.",
                },
            ),
        ],
        ids=["invitation", "sign-in"],
    )
    def test_are_labelled_kept_and_what_is_wrong_is_read_out(
        self, name: str, context: dict[str, Any]
    ) -> None:
        page = shown(name, **context)
        fields = {field["name"]: field for field in page.all("input")}

        assert {field["id"] for field in page.all("input") if "id" in field} <= {
            label["for"] for label in page.all("label")
        }
        first, news = fields["meta.first_name"], fields["meta.news"]
        assert first["value"] == 'a"b'
        assert (first["aria-invalid"], first["aria-describedby"]) == ("true", "problem")
        assert "required" in first
        assert "checked" in news
        assert "required" not in news
        assert "aria-invalid" not in news
        assert [p["role"] for p in page.all("p") if p.get("id") == "problem"] == ["alert"]
        assert page.text.startswith("Problem: ")

    def test_of_a_form_that_was_not_sent_wait_in_the_background(self) -> None:
        page = shown("sign_in", registration={**EMAIL, "fields": FIELDS})

        assert page.all("details") == [{}]
        assert {"type": "hidden", "name": "register", "value": "yes"} in page.all("input")
        asked = shown("sign_in", registration={**EMAIL, "fields": FIELDS, "error": "x"}, error="x")
        assert "open" in asked.all("details")[0]

    def test_boxes_without_a_tick_and_fields_that_may_stay_empty(self) -> None:
        name, news = FIELDS
        page = shown(
            "confirm",
            fields=[
                {**name, "required": False, "missing": False},
                {**news, "value": "", "required": True, "missing": True},
            ],
        )
        fields = {field["name"]: field for field in page.all("input")}

        assert "First name (optional)" in page.text
        assert "required" not in fields["meta.first_name"]
        assert "checked" not in fields["meta.news"]
        assert "required" in fields["meta.news"]
        assert fields["meta.news"]["aria-invalid"] == "true"


class TestMessage:
    def test_offers_its_actions_the_first_one_first(self) -> None:
        links = shown("message", actions=(("One", "/1"), ("Two", "/2"))).all("a")

        assert [link["href"] for link in links] == ["/1", "/2"]
        assert [link["class"] for link in links] == ["button", "button quiet"]

    def test_without_actions_it_is_no_dead_end(self) -> None:
        assert [link["href"] for link in shown("message", actions=()).all("a")] == ["/bye"]


class TestSecondFactors:
    def test_each_can_be_removed_and_another_be_the_default(self) -> None:
        page = shown("mfa_methods")

        actions = [form["action"] for form in page.all("form")]
        assert actions[:3] == [
            "/auth/mfa/methods/m1/remove",
            "/auth/mfa/methods/m2/default",
            "/auth/mfa/methods/m2/remove",
        ]
        assert page.text.count("Asked first") == 1
        assert "<Pixel>" in page.text
        assert "Last used 15 January 2027" in page.text

    def test_of_the_only_one_it_says_what_its_removal_means(self) -> None:
        assert "your only one" not in shown("mfa_methods").text.lower()
        assert "It is your only one" in shown("mfa_methods", methods=[TOTP]).text

    def test_support_access_is_offered_no_change(self) -> None:
        page = shown("mfa_methods", may_change=False, confirmed=Change("backup_codes"))

        assert page.all("form") == []
        assert "cannot be changed during support access" in page.text

    @pytest.mark.parametrize(
        ("change", "action"),
        [
            (Change("remove", "m2"), "/auth/mfa/methods/m2/remove"),
            (Change("backup_codes"), "/auth/mfa/backup-codes"),
            (Change("enroll", "totp"), "/auth/mfa/enroll"),
        ],
        ids=["remove", "backup codes", "enrol"],
    )
    def test_what_was_confirmed_is_one_button_away(self, change: Change, action: str) -> None:
        page = shown("mfa_methods", confirmed=change)

        assert page.all("form")[0]["action"] == action
        assert "You have confirmed that it is you." in page.text

    def test_another_is_added_on_demand(self) -> None:
        assert "open" not in shown("mfa_methods").all("details")[-1]
        assert "open" in shown("mfa_methods", error="A problem.").all("details")[-1]
        assert shown("mfa_methods", methods=[]).all("details") == []

    def test_of_a_name_that_says_the_kind_the_kind_is_not_said_again(self) -> None:
        named = [{**TOTP, "name": "Authenticator"}]

        assert "Authenticator app" not in shown("mfa_methods", methods=named, available=()).text
        assert "Authenticator app" in shown("mfa_methods", available=()).text

    def test_what_needs_an_address_is_only_said(self) -> None:
        page = shown("mfa_methods", confirmed=Change("enroll", "sms"))

        assert "You can add one now." in page.text

    def test_codes_that_are_left_stop_working(self) -> None:
        assert "You have 3 left." in shown("mfa_methods").text
        assert "stop working" in shown("mfa_methods").text
        assert "You have none." in shown("mfa_methods", backup_codes=0).text
        assert "stop working" not in shown("mfa_methods", backup_codes=0).text

    def test_without_any_it_says_what_they_are_for(self) -> None:
        page = shown("mfa_methods", methods=[])

        assert "You have none yet." in page.text
        assert "Backup codes" not in page.text
        off = shown("mfa_methods", methods=[], available=())
        assert "does not use second factors" in off.text
        assert off.all("form") == []

    def test_goes_on_where_the_person_was_on_the_way_to(self) -> None:
        assert {"class": "button", "href": "/a?b"} in shown("mfa_methods", next="/a?b").all("a")

    def test_says_what_is_wrong(self) -> None:
        page = shown("mfa_methods", error="A problem.")

        alert = next(each for each in page.all("p") if each.get("class") == "problem")
        assert alert["role"] == "alert"
        assert alert["tabindex"] == "-1"
        assert "autofocus" in alert
        assert page.text.startswith("Problem: Your second factors")

    def test_a_suggestion_can_be_skipped_and_a_demand_not(self) -> None:
        assert {"href": "/a?b=c&d"} in shown("mfa_offer").all("a")
        demanded = shown("mfa_offer", wanted="required", days=None)
        assert [link["href"] for link in demanded.all("a")] == ["/auth/sign-out"]

    @pytest.mark.parametrize(
        ("days", "words"), [(1, "1 day left"), (3, "3 days left"), (None, "")], ids=str
    )
    def test_a_grace_period_is_told(self, days: int | None, words: str) -> None:
        text = shown("mfa_offer", days=days).text

        assert words in text
        assert ("left to set one up" in text) == (days is not None)

    def test_an_app_is_shown_a_picture_and_a_key(self) -> None:
        page = shown("mfa_enroll")

        assert len(page.all("svg")) == 1
        assert {"class": "qr", "role": "img"}.items() <= page.all("div")[0].items()
        assert "ABCD EFGH IJ" in page.text
        assert [form["action"] for form in page.all("form")] == ["/auth/mfa/enroll/verify"]
        assert "autofocus" not in page.all("input")[0]
        bare = shown("mfa_enroll", qr="", secret="")
        assert bare.all("svg") == []
        assert "Key" not in bare.text

    def test_a_code_that_does_not_come_can_be_sent_again(self) -> None:
        page = shown("mfa_enroll", EMULATED, kind="sms", address="+15550100", qr="", secret="")

        actions = [form["action"] for form in page.all("form")]
        assert actions == ["/auth/mfa/enroll/verify", "/auth/mfa/enroll"]
        assert {"type": "hidden", "name": "address", "value": "+15550100"} in page.all("input")
        assert "inbox of the emulator" in page.text

    def test_a_wrong_code_is_read_out(self) -> None:
        page = shown("mfa_enroll", error="Not right.")

        assert page.all("input")[0]["aria-describedby"] == "problem"
        assert page.text.startswith("Problem:")

    def test_backup_codes_can_be_printed(self) -> None:
        page = shown("backup_codes")

        assert [item["class"] for item in page.all("li")] == ["code"] * 2
        assert "abcde-12345" in page.text


class TestSignOut:
    def test_asks_who_is_signed_in(self) -> None:
        assert [form["action"] for form in shown("sign_out").all("form")] == ["/auth/sign-out"]

    def test_asks_nobody_else(self) -> None:
        page = shown("sign_out", signed_in=False)

        assert page.all("form") == []
        assert "You are signed out" in page.text


class TestRendering:
    PAGE = Page("message", {"n": 1})

    def test_a_reply_without_a_page_stays_as_it_is(self) -> None:
        reply = Reply(303, (("location", "/"),))

        assert pages.render(reply, _never, "n0nce") is reply

    def test_the_renderer_is_given_the_name_the_context_and_the_nonce(self) -> None:
        reply = pages.render(Reply(200, page=self.PAGE), _plain, "n0nce")

        assert reply.body == "message: {'n': 1, 'nonce': 'n0nce'} ✓".encode()
        assert reply.page is None

    def test_nothing_of_another_origin_and_no_framing_is_allowed(self) -> None:
        headers = dict(pages.render(Reply(200, page=self.PAGE), _plain, "n0nce").headers)

        policy = dict(re.findall(r"([a-z-]+) ([^;]+)", headers["content-security-policy"]))
        assert policy == {
            "default-src": "'none'",
            "style-src": "'nonce-n0nce'",
            "script-src": "'nonce-n0nce'",
            "img-src": "'self'",
            "connect-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["cache-control"] == "private, no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"

    def test_a_page_with_a_form_lets_its_origin_be_sent(self) -> None:
        """Under `no-referrer` Chromium sends `Origin: null` from our own form."""
        reply = pages.render(Reply(200, page=self.PAGE), _plain, "n0nce")

        assert dict(reply.headers)["referrer-policy"] == "same-origin"

    def test_a_header_of_the_reply_wins(self) -> None:
        given = (("referrer-policy", "no-referrer"),)

        reply = pages.render(Reply(400, given, page=self.PAGE), _plain, "n0nce")

        assert [line for line in reply.headers if line[0] == "referrer-policy"] == list(given)
        assert reply.status == 400

    def test_links_carry_the_root_path(self) -> None:
        view = RequestView("http", "GET", "http", "/auth/sign-in", (), root_path="/mounted here")

        urls = pages.page(view, CONFIG, "sign_in").context["urls"]

        assert urls["sign_in"] == "/mounted%20here/auth/sign-in"
        assert urls["home"] == "/bye"

    def test_a_context_that_lacks_a_name_fails_loudly(self) -> None:
        from jinja2 import UndefinedError

        with pytest.raises(UndefinedError, match="title"):
            pages.default_renderer(
                "message", {**pages.page(VIEW, CONFIG, "message").context, "nonce": ""}
            )


@pytest.fixture
def without_extras(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    original = builtins.__import__

    def refuse(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name in ("jinja2", "segno"):
            raise ImportError(name)
        return original(name, *arguments, **keywords)

    pages._templates.cache_clear()  # pyright: ignore[reportPrivateUsage] # Jinja2 is found once
    monkeypatch.setattr(builtins, "__import__", refuse)
    yield
    monkeypatch.undo()
    pages._templates.cache_clear()  # pyright: ignore[reportPrivateUsage] # for the next tests


@pytest.mark.usefixtures("without_extras")
def test_without_segno_the_error_says_what_to_install() -> None:
    with pytest.raises(ConfigError, match=r"segno: pip install 'scute-auth\[pages\]'"):
        pages.qr_code("otpauth://totp/x")


@pytest.mark.usefixtures("without_extras")
def test_without_jinja_the_error_says_what_to_install() -> None:
    with pytest.raises(ConfigError, match=r"pip install 'scute-auth\[pages\]'"):
        pages.default_renderer("message", {})


def _plain(name: str, context: Mapping[str, Any]) -> str:
    return f"{name}: {dict(context)} ✓"


def _never(name: str, context: Mapping[str, Any]) -> str:
    raise AssertionError(f"{name} was rendered")
