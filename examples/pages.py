"""The HTML that the examples share. Whatever comes from outside is escaped."""

from html import escape

__all__ = ["home", "private"]


def home(who: str | None) -> str:
    """The public page: for somebody, or with the way in."""
    if who is None:
        return _page(
            "Hello, stranger",
            "<p>Anybody may read this page. The rest is for people who signed in.</p>"
            '<p><a class="button" href="/auth/sign-in">Sign in</a></p>',
        )
    return _page(
        "Hello",
        f"<p>You are signed in as <strong>{escape(who)}</strong>.</p>"
        '<p><a class="button" href="/private">Your private page</a> '
        '<a href="/me">/me</a> <a href="/auth/sign-out">Sign out</a></p>',
    )


def private(user_id: str) -> str:
    """The page that only its user sees."""
    return _page(
        "Your private page",
        f"<p>Scute knows you as <code>{escape(user_id)}</code>.</p>"
        '<form method="post" action="/notes"><button class="button">Leave a note</button></form>'
        '<p><a href="/">Back</a> <a href="/auth/sign-out">Sign out</a></p>',
    )


def _page(title: str, body: str) -> str:
    return _LAYOUT.replace("TITLE", title).replace("BODY", body)


_LAYOUT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; }
  body { padding: 0 1.5rem; }
  h1 { font-size: 1.9rem; letter-spacing: -.02em; margin-bottom: .5rem; }
  a { color: inherit; margin-right: 1rem; }
  code { background: #8882; border-radius: .3rem; padding: .1rem .35rem; overflow-wrap: anywhere; }
  .button { background: #1c5d4f; border: 0; border-radius: .5rem; color: #fff; cursor: pointer;
    display: inline-block; font: inherit; padding: .45rem 1.1rem; text-decoration: none; }
</style>
</head>
<body>
<h1>TITLE</h1>
BODY
</body>
</html>
"""
