"""An app's own texts reach the pages and the scripts, and no header."""

from scute_auth.messages import Messages
from tests.unit.sessions import open_site

GERMAN = Messages(
    {
        "lang": "de",
        "email_address": "E-Mail-Adresse",
        "no_such_page_title": "Diese Seite gibt es nicht",
        "no_such_page_text": "Hier ist nichts.",
        "sign_in_again": "Neu anmelden",
        "used_link_text": "Der Link ist \u00bbverbraucht\u00ab.",
    }
)


def test_a_page_says_it() -> None:
    page = open_site(messages=GERMAN).browser().get("/auth/sign-in").page

    assert page.context["texts"]["lang"] == "de"
    assert [form["label"] for form in page.context["forms"]] == ["E-Mail-Adresse", "Phone number"]


def test_a_message_says_it_to_people_and_programs() -> None:
    browser = open_site(messages=GERMAN).browser()

    shown = browser.get("/auth/nowhere").page.context
    told = browser.get("/auth/nowhere", script=True).json

    assert (shown["title"], shown["text"]) == ("Diese Seite gibt es nicht", "Hier ist nichts.")
    assert (told["detail"], told["reason"]) == ("Hier ist nichts.", "not_found")


def test_no_header_says_it() -> None:
    """An app's own words may have quotes, line breaks and letters that no header takes."""
    browser = open_site(messages=GERMAN).browser()

    refused = browser.get("/auth/sessions", script=True)

    assert refused.status == 401
    assert refused.header("www-authenticate") == "Bearer"
    assert refused.json["detail"] == "Sign in, or send an access token."


def test_who_has_support_access_and_no_name_is_called_somebody() -> None:
    own = Messages({"unknown_actor": "jemand"})
    support = open_site(messages=own).signed_in(imp={"sub": "x" * 101, "kind": "operator"})

    assert support.get("/auth/sign-out").page.context["support"] == "jemand"
