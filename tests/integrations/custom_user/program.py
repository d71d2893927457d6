"""Signs people in, one after the other, and prints who they are as JSON."""

import json
from typing import Any

import django
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command

from scute_auth import Profile, User
from scute_auth.claims import Claims


def main() -> None:
    settings.configure(
        SECRET_KEY="for this test only",
        DEBUG=True,
        SCUTE={"APP_ID": "app_demo"},
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "tests.integrations.custom_user",
            "scute_django",
        ],
        AUTH_USER_MODEL="custom_user.Person",
        AUTHENTICATION_BACKENDS=["scute_django.backends.ScuteBackend"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    visits = (
        ("u1", "ana@example.com", True),
        ("u2", "bob@example.com", False),
        ("u2", "ana@example.com", True),
        ("u2", "bob@example.com", True),
        ("u2", "ana@example.com", True),
    )
    people: Any = get_user_model()
    print(json.dumps({"seen": [_sign_in(*visit) for visit in visits]}))
    print(json.dumps({"kept": list(people.objects.order_by("pk").values_list("email", flat=True))}))


def _sign_in(scute_id: str, email: str, verified: bool) -> str:
    from scute_django.backends import ScuteBackend

    user = User(scute_id, Claims(user_id=scute_id, app_id="app_demo", expires_at=2e9))
    profile = Profile(scute_id, email=email, email_verified=verified)
    found = authenticate(None, scute_user=user, scute_profile=profile)
    return ScuteBackend().why_not(user, profile) if found is None else found.get_username()


if __name__ == "__main__":
    main()
