"""What each operation takes, by the vendor's reference and SDKs: names in the body, in the query
with a `?`. A row that is not here takes nothing."""

__all__ = ["PARAMETERS"]

_PAGE = "?page ?per_page ?limit"
_VERIFICATIONS = "?status ?page ?limit"
_CREDENTIAL = "id rawId type response clientExtensionResults nickname"
_CHECK = "user_id action resource context challenge approval"
_TEXT: dict[str, str] = {
    "users.list": f"{_PAGE} ?id ?email ?phone ?created_before ?status ?search ?q",
    "users.create": (
        "identifier email phone user_meta external_id first_name middle_name last_name status "
        "send_invite add_as_workspace_member workspace_role"
    ),
    "users.update": "user_meta authz_attributes name external_id status email phone",
    "users.replace": "user_meta authz_attributes name external_id status email phone",
    "users.update_meta": "user_meta",
    "users.invite": "identifier user_meta",
    "users.merge": "from",
    "users.look_up": "?identifier",
    "users.lack_meta": "?user_id",
    "impersonation.start": "reason minutes actor_user_id actor challenge approval",
    "impersonation.end": "?session_id",
    "magic_links.send_login": "identifier webauthn_enabled",
    "magic_links.send_registration": "identifier user_meta webauthn_enabled",
    "magic_links.status": "id",
    "magic_links.authenticate": "token",
    "magic_links.confirm_invitation": "token user_meta",
    "otp.send": "identifier user_meta webauthn_enabled",
    "otp.verify": "otp user_id",
    "oauth.authorize": "?provider",
    "oauth.callback": "?code ?state",
    "oauth.discover": "?email",
    "webauthn.start_login": "identifier",
    "webauthn.finish_login": _CREDENTIAL,
    "webauthn.finish_device": _CREDENTIAL,
    "challenges.create": (
        "purpose method app_user_id identifier metadata intent intent_fields callback_url "
        "redirect_url"
    ),
    "challenges.verify": "code credential",
    "errors.report": "message",
    "mfa.status": "?identifier",
    "mfa.enrol": "method secret_data name challenge",
    "mfa.verify_enrolment": "enrollment_id code",
    "mfa.remove": "?challenge",
    "mfa.new_backup_codes": "challenge",
    "sessions.update_meta": "user_meta",
    "alternate_phones.add": "phone",
    "alternate_phones.verify": "challenge_token code",
    "apps.create": "name origin colors callback_url login_url workspace_id",
    "apps.list": "?workspace_id",
    "apps.update": "app",
    "api_keys.create": "nickname",
    "user_meta_fields.create": (
        "name field_type required visible_profile visible_registration position "
        "as_verification_identifier"
    ),
    "notifications.list": "?page ?per_page ?category ?unread ?requires_action",
    "m2m.create_token": "client_name",
    "events.list": "?page ?limit ?category ?slug ?user_id ?start_date ?end_date",
    "verification.create_with_intent": (
        "intent_name method verification_type redirect_url meta_data"
    ),
    "verification.list": _VERIFICATIONS,
    "verification.list_of_app": _VERIFICATIONS,
    "verification.verify": "code token",
    "verification.deny": "reason",
    "webhooks.create": "webhook",
    "webhooks.update": "webhook",
    "webhooks.deliveries": "?page ?per_page ?status",
    "workspaces.create_session": "app_id",
    "workspaces.create_child": (
        "name branding_display_name branding_color branding_logo_url magic_link_expiry countries "
        "webhook_url"
    ),
    "authz.check": _CHECK,
    "authz.check_batch": "checks",
    "authz.my_check": "action resource",
    "authz.my_check_batch": "checks",
    "authz.my_permissions": "?resource",
    "authz.permissions": "?resource",
    "authz.authorized_users": "?action ?resource ?limit ?offset",
    "authz.filter": "user_id action resource_type context",
    "authz.requests": "?status ?user_id",
    "authz.create_request": "user_id role action resource reason duration",
    "authz.approve_request": "reviewer_id note",
    "authz.deny_request": "reviewer_id note",
    "authz.give_role": "role resource duration",
    "authz.take_role": "?resource",
    "authz.import_policy": "document dry_run",
}

PARAMETERS: dict[str, frozenset[str]] = {
    name: frozenset(names.split()) for name, names in _TEXT.items()
}
