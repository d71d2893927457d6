"""`signed_in` and `signed_out`, beside Django's `user_logged_in` and `user_logged_out`.

Sent by our own sign-in and sign-out, whether or not the project has `ScuteBackend`; the sender
is `scute_auth.User`. Receivers are called with:

    signed_in   request, scute_user, profile, user (the project's, or None without the backend)
    signed_out  request, scute_user
"""

from django.dispatch import Signal

__all__ = ["signed_in", "signed_out"]

signed_in = Signal()
signed_out = Signal()
