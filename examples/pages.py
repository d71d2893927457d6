"""The HTML that the examples share. Whatever comes from outside is escaped."""

from html import escape

__all__ = ["home", "private"]


def home(who: str | None) -> str:
    """The public page: for somebody, or with the way in."""
    if who is None:
        title, intro = "Come in", "Anybody may read this page. The rest asks who you are."
        action = '<a class="button" href="/auth/sign-in">Sign in</a>'
    else:
        title = "Welcome"
        intro = f"You are signed in as <strong>{escape(who)}</strong>."
        action = '<a class="button" href="/private">Your private page</a>'
    return _page(title, f'<p class="intro">{intro}</p><p>{action}</p>{_doors(who)}', who)


def private(user_id: str) -> str:
    """The page that only its user sees."""
    body = (
        f'<p class="intro">Scute knows you as <code>{escape(user_id)}</code>.</p>'
        '<form method="post" action="/notes"><button class="button">Leave a note</button>'
        '<output role="status"></output></form>'
        '<p class="small">The note is a POST: from another site it would be refused.</p>'
    )
    return _page("Your private page", body + _SCRIPT, user_id)


DOORS = (
    ("/", "The public page", True),
    ("/private", "A page for you", False),
    ("/me", "Who you are, as JSON", False),
    ("/stream", "A stream, line by line", False),
)


def _doors(who: str | None) -> str:
    """What there is to open, and for whom."""
    return f"<h2>What is here</h2><ul>{''.join(_door(who, *door) for door in DOORS)}</ul>"


def _door(who: str | None, path: str, what: str, is_public: bool) -> str:
    state = "open" if is_public or who else "closed"
    label = "for everybody" if is_public else "for you" if who else "sign in first"
    return (
        f'<li class="{state}"><a href="{path}"><code>{path}</code> {what}</a><em>{label}</em></li>'
    )


def _page(title: str, body: str, who: str | None) -> str:
    account = '<a href="/auth/sign-out">Sign out</a>' if who else "<span>not signed in</span>"
    return _LAYOUT.format(title=title, style=_STYLE, account=account, body=body)


_LAYOUT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · The example</title>
<style>{style}</style>
</head>
<body>
<header><a href="/">The example</a>{account}</header>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""

# The colours are those of the sign-in pages.
_STYLE = """
:root {
  --ground: #f4f4f1; --sheet: #fff; --ink: #1b1e24; --soft: #5a606b; --line: #dcdcd5;
  --accent: #1d56e0; --on-accent: #fff; --open: #1a6b45;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131519; --sheet: #1c1f25; --ink: #e8e9ed; --soft: #a5abb7; --line: #343943;
    --accent: #8fb0ff; --on-accent: #0f131b; --open: #7fd3a6;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header, main { max-width: 42rem; margin: 0 auto; padding: 0 1.5rem; }
header {
  display: flex; justify-content: space-between; gap: 1rem;
  padding-top: 1.5rem; padding-bottom: 1.5rem; font-size: .9375rem; color: var(--soft);
}
header a:first-child { color: var(--ink); font-weight: 600; text-decoration: none; }
main { padding-top: 9vh; padding-bottom: 4rem; overflow-wrap: anywhere; }
h1 {
  margin: 0 0 .75rem; font-size: clamp(2.25rem, 8vw, 3.5rem); line-height: 1.05;
  letter-spacing: -.03em; text-wrap: balance;
}
h2 { margin: 3.5rem 0 .75rem; font-size: 1rem; }
.intro { max-width: 34rem; margin: 0 0 1.75rem; font-size: 1.1875rem; color: var(--soft); }
.intro strong, .intro code { color: var(--ink); }
.small { font-size: .9375rem; color: var(--soft); }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { font: .9375em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.button {
  display: inline-block; min-height: 2.875rem; padding: .625rem 1.375rem; cursor: pointer;
  font: inherit; font-weight: 600; line-height: 1.5; text-decoration: none;
  color: var(--on-accent); background: var(--accent); border: 0; border-radius: .5rem;
}
.button:hover { filter: brightness(1.08); }
output { margin-left: 1rem; color: var(--open); font-weight: 600; }
ul { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
li {
  display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline;
  gap: 0 1rem; padding: .75rem 0; border-bottom: 1px solid var(--line);
}
li a { color: inherit; text-decoration: none; }
li a:hover { text-decoration: underline; }
li code { display: inline-block; min-width: 5.5rem; font-weight: 600; }
li em { font-size: .875rem; font-style: normal; color: var(--soft); }
li.open em { color: var(--open); }
@media (max-width: 30rem) { header, main { padding-left: 1.25rem; padding-right: 1.25rem; } }
"""

# Without it the browser shows the answer itself, which is JSON.
_SCRIPT = """<script>
document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/notes", { method: "POST" });
  document.querySelector("output").value = answer.ok ? "Saved." : "Refused: sign in again.";
});
</script>"""
