"""`signed_in` and `signed_out`, beside Django's `user_logged_in` and `user_logged_out`, and what
Scute's webhooks tell.

The first two are sent by our own sign-in and sign-out, whether or not the project has
`ScuteBackend`; their sender is `scute_auth.User`, the webhooks' is `scute_auth.WebhookEvent`.
Receivers are called with:

    signed_in         request, scute_user, profile, user (the project's, or None without the
                      backend)
    signed_out        request, scute_user
    webhook_received  request, event; what a receiver raises has Scute send it again
"""

from django.dispatch import Signal

__all__ = ["signed_in", "signed_out", "webhook_received"]

signed_in = Signal()
signed_out = Signal()
webhook_received = Signal()
