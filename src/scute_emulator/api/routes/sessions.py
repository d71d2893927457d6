"""What the signed-in person may call, and the calls about tokens."""

from scute_emulator.api import alternate_phones, current_user, mfa, notifications, passkeys, tokens
from scute_emulator.api.route import NONE, REFRESH, SECRET, USER, A, Route

__all__ = ["ROUTES"]

ROUTES = (
    Route("GET", A + "/mfa/methods", USER, mfa.list_methods),
    Route("GET", A + "/mfa/status", NONE, mfa.status),
    Route("POST", A + "/mfa/enroll", USER, mfa.enrol),
    Route("POST", A + "/mfa/enroll/verify", USER, mfa.verify_enrolment),
    Route("PATCH", A + "/mfa/methods/{method}/default", USER, mfa.set_default),
    Route("DELETE", A + "/mfa/methods/{method}", USER, mfa.remove),
    Route("POST", A + "/mfa/backup-codes", USER, mfa.new_backup_codes),
    Route("POST", A + "/devices/register", USER, passkeys.register_device),
    Route("POST", A + "/devices/finalize", USER, passkeys.finish_device),
    Route("DELETE", A + "/devices/{device}", USER, passkeys.revoke_device),
    Route("POST", A + "/tokens/refresh", REFRESH, tokens.refresh),
    Route("POST", A + "/tokens/rotate_access", SECRET, tokens.rotate_access),
    Route("POST", A + "/tokens/force_refresh", SECRET, tokens.force_refresh),
    Route("POST", A + "/tokens/verify/access", USER, tokens.verify_access),
    Route("POST", A + "/tokens/access/verify", USER, tokens.verify_access),
    Route("POST", A + "/tokens/verify/refresh", REFRESH, tokens.verify_refresh),
    Route("POST", A + "/tokens/refresh/verify", REFRESH, tokens.verify_refresh),
    Route("GET", A + "/current_user", USER, current_user.show),
    Route("PATCH", A + "/current_user/meta", USER, current_user.update_meta),
    Route("DELETE", A + "/current_user", USER, current_user.sign_out),
    Route("POST", A + "/current_user/logout", USER, current_user.sign_out),
    Route("GET", A + "/current_user/alternate_phones", USER, alternate_phones.list_phones),
    Route("POST", A + "/current_user/alternate_phones", USER, alternate_phones.add),
    Route("POST", A + "/current_user/alternate_phones/verify", USER, alternate_phones.verify),
    Route("DELETE", A + "/current_user/alternate_phones/{phone}", USER, alternate_phones.remove),
    Route("GET", "/v1/apps/{app}/notifications", USER, notifications.list_notifications),
    Route("GET", A + "/sessions", USER, current_user.list_sessions),
    Route("DELETE", A + "/sessions/{session}", USER, current_user.revoke_session),
)
