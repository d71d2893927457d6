"""The page that a verification's link leads to: what it is about, and one's answer."""

from scute_auth.effects import HttpReply
from scute_emulator.api.request import ApiRequest
from scute_emulator.emulator import Emulator
from scute_emulator.rendering import origin_of, render
from scute_emulator.state.verifications import Verification

__all__ = ["confirm", "show"]


def show(emulator: Emulator, request: ApiRequest) -> HttpReply:
    """Opening answers nothing: mail scanners open links too."""
    token = request.query.get("token", "")
    verification = emulator.open_verification(token)
    return _over(emulator) if verification is None else _question(emulator, token, verification)


def confirm(emulator: Emulator, request: ApiRequest) -> HttpReply:
    token = request.text("token")
    verification = emulator.open_verification(token)
    answer = request.text("answer")
    if verification is None:
        return _over(emulator)
    if answer not in ("yes", "no"):
        return _question(emulator, token, verification)
    reason = request.text("reason")[:500]
    onward = emulator.answer_verification(token, agree=answer == "yes", reason=reason)
    if onward is None:
        return render(emulator, "confirmed.html", {"agreed": answer == "yes"})
    return HttpReply(303, (("location", onward),))


def _question(emulator: Emulator, token: str, verification: Verification) -> HttpReply:
    app = emulator.state.apps.find(verification.app_id) or emulator.state.apps.first
    context = {
        "app": app.settings.name,
        "to": verification.to.value,
        "intent": verification.intent,
        "facts": {
            name.replace("_", " "): value
            for name, value in verification.metadata.items()
            if isinstance(value, str | int) and not name.startswith("contact_")
        },
        "asks": verification.mode == "consent",
        "token": token,
    }
    target = verification.redirect_url
    return render(
        emulator, "confirm.html", context, form_target=origin_of(target) if target else ""
    )


def _over(emulator: Emulator) -> HttpReply:
    return render(emulator, "over.html", {"what": "question"}, 404)
