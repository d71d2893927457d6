"""Apps and what belongs to one: below `/v1/apps`."""

from scute_auth.api.row import Credential, Group

__all__ = [
    "API_KEYS_CREATE",
    "API_KEYS_DELETE",
    "API_KEYS_LIST",
    "API_KEYS_SHOW",
    "API_KEYS_UPDATE",
    "APPS_CREATE",
    "APPS_DELETE",
    "APPS_LIST",
    "APPS_SHOW",
    "APPS_UPDATE",
    "AUTH_PROVIDERS_LIST",
    "AUTH_PROVIDERS_UPSERT",
    "EVENTS_LIST",
    "M2M_CREATE_TOKEN",
    "M2M_LIST",
    "M2M_REFRESH",
    "M2M_REVOKE",
    "M2M_REVOKE_CURRENT",
    "M2M_VERIFY",
    "MESSAGE_SERVICE_PROVIDERS_LIST",
    "MESSAGE_SERVICE_PROVIDERS_UPDATE",
    "MESSAGE_SERVICE_PROVIDERS_UPSERT",
    "NOTIFICATIONS_DISMISS",
    "NOTIFICATIONS_LIST",
    "NOTIFICATIONS_MARK_ALL_READ",
    "NOTIFICATIONS_MARK_READ",
    "NOTIFICATIONS_SHOW",
    "NOTIFICATIONS_STATISTICS",
    "USER_META_FIELDS_CREATE",
    "USER_META_FIELDS_DELETE",
    "USER_META_FIELDS_LIST",
    "USER_META_FIELDS_UPDATE",
    "USER_META_FIELDS_UPDATE_POSITIONS",
    "WEBHOOKS_CREATE",
    "WEBHOOKS_DELETE",
    "WEBHOOKS_DELIVERIES",
    "WEBHOOKS_LIST",
    "WEBHOOKS_SHOW",
    "WEBHOOKS_TEST",
    "WEBHOOKS_UPDATE",
]

_APP = "/v1/apps/{app_id}"

_apps = Group("apps", "/v1/apps", "apps")
APPS_CREATE = _apps("create", "POST", "", "T", Credential.EITHER, page="create-app")
APPS_LIST = _apps("list", "GET", "", "T", Credential.EITHER, page="list-apps")
APPS_SHOW = _apps("show", "GET", "/{app_id}", "S", page="show-app")
APPS_UPDATE = _apps("update", "PATCH", "/{app_id}", "PS", Credential.SECRET, page="update-app")
APPS_DELETE = _apps("delete", "DELETE", "/{app_id}", "T", Credential.EITHER, page="delete-app")

_api_keys = Group("api_keys", f"{_APP}/api_keys", "api-keys")
API_KEYS_CREATE = _api_keys("create", "POST", "", "P", Credential.SECRET, page="create-api-key")
API_KEYS_LIST = _api_keys("list", "GET", "", "I", Credential.SECRET, page="list-api-keys")
API_KEYS_SHOW = _api_keys("show", "GET", "/{key}", "I", Credential.SECRET, page="show-api-key")
API_KEYS_UPDATE = _api_keys(
    "update", "PATCH", "/{key}", "I", Credential.SECRET, page="update-api-key"
)
API_KEYS_DELETE = _api_keys(
    "delete", "DELETE", "/{key}", "I", Credential.SECRET, page="delete-api-key"
)

_auth_providers = Group("auth_providers", f"{_APP}/auth_providers", "auth-providers")
AUTH_PROVIDERS_LIST = _auth_providers(
    "list", "GET", "", "I", Credential.SECRET, page="list-auth-providers"
)
AUTH_PROVIDERS_UPSERT = _auth_providers(
    "upsert", "POST", "", "I", Credential.SECRET, page="upsert-auth-provider"
)

_message_service_providers = Group(
    "message_service_providers", f"{_APP}/message_service_providers", "message-service-providers"
)
MESSAGE_SERVICE_PROVIDERS_LIST = _message_service_providers(
    "list", "GET", "", "I", Credential.SECRET, page="list-message-service-providers"
)
MESSAGE_SERVICE_PROVIDERS_UPSERT = _message_service_providers(
    "upsert", "POST", "", "I", Credential.SECRET, page="upsert-message-service-provider"
)
MESSAGE_SERVICE_PROVIDERS_UPDATE = _message_service_providers(
    "update", "PATCH", "/{provider}", "I", Credential.SECRET, page="update-message-service-provider"
)

_events = Group("events", f"{_APP}/events", "events")
EVENTS_LIST = _events("list", "GET", "", "P", Credential.SECRET, page="list-events")

_user_meta_fields = Group("user_meta_fields", f"{_APP}/user_meta_fields", "user-meta-fields")
USER_META_FIELDS_LIST = _user_meta_fields("list", "GET", "", "I", page="list-user-meta-fields")
USER_META_FIELDS_CREATE = _user_meta_fields(
    "create", "POST", "", "P", Credential.SECRET, page="create-user-meta-field"
)
USER_META_FIELDS_UPDATE = _user_meta_fields(
    "update", "PATCH", "/{field}", "I", Credential.SECRET, page="update-user-meta-field"
)
USER_META_FIELDS_DELETE = _user_meta_fields(
    "delete", "DELETE", "/{field}", "I", Credential.SECRET, page="delete-user-meta-field"
)
USER_META_FIELDS_UPDATE_POSITIONS = _user_meta_fields(
    "update_positions",
    "PATCH",
    "/positions",
    "I",
    Credential.SECRET,
    page="update-meta-fields-positions",
)

_notifications = Group("notifications", f"{_APP}/notifications", "notifications")
NOTIFICATIONS_LIST = _notifications(
    "list", "GET", "", "P", Credential.SECRET, Credential.USER, page="list-notifications"
)
NOTIFICATIONS_SHOW = _notifications(
    "show", "GET", "/{notification}", "I", Credential.USER, page="get-notification"
)
NOTIFICATIONS_STATISTICS = _notifications(
    "statistics", "GET", "/stats", "I", Credential.USER, page="get-notification-statistics"
)
NOTIFICATIONS_MARK_READ = _notifications(
    "mark_read",
    "PATCH",
    "/{notification}/read",
    "I",
    Credential.USER,
    page="mark-notification-as-read",
)
NOTIFICATIONS_MARK_ALL_READ = _notifications(
    "mark_all_read",
    "PATCH",
    "/mark_all_read",
    "I",
    Credential.USER,
    page="mark-all-notifications-as-read",
)
NOTIFICATIONS_DISMISS = _notifications(
    "dismiss", "PATCH", "/{notification}/dismiss", "I", Credential.USER, page="dismiss-notification"
)

_m2m = Group("m2m", f"{_APP}/m2m", "m2m-sessions")
M2M_CREATE_TOKEN = _m2m(
    "create_token", "POST", "/token", "P", Credential.SECRET, page="create-m2m-access-token"
)
M2M_LIST = _m2m(
    "list", "GET", "/sessions", "P", Credential.SECRET, page="list-all-m2m-sessions-for-an-app"
)
M2M_VERIFY = _m2m(
    "verify", "GET", "/verify", "P", Credential.MACHINE, page="verify-the-active-m2m-session"
)
M2M_REFRESH = _m2m(
    "refresh", "POST", "/refresh", "P", Credential.MACHINE, page="refresh-the-m2m-access-token"
)
M2M_REVOKE = _m2m(
    "revoke",
    "DELETE",
    "/sessions/{session}",
    "I",
    Credential.SECRET,
    page="revoke-a-specific-m2m-session",
)
M2M_REVOKE_CURRENT = _m2m(
    "revoke_current",
    "DELETE",
    "/sessions/current",
    "I",
    Credential.MACHINE,
    page="revoke-the-current-m2m-session",
)

_webhooks = Group("webhooks", f"{_APP}/webhooks", "webhooks")
WEBHOOKS_LIST = _webhooks("list", "GET", "", "P", Credential.SECRET, page="list-webhook-endpoints")
WEBHOOKS_CREATE = _webhooks(
    "create", "POST", "", "P", Credential.SECRET, page="create-webhook-endpoint"
)
WEBHOOKS_SHOW = _webhooks(
    "show", "GET", "/{webhook}", "P", Credential.SECRET, page="get-webhook-endpoint"
)
WEBHOOKS_UPDATE = _webhooks(
    "update", "PATCH", "/{webhook}", "P", Credential.SECRET, page="update-webhook-endpoint"
)
WEBHOOKS_DELETE = _webhooks(
    "delete", "DELETE", "/{webhook}", "P", Credential.SECRET, page="delete-webhook-endpoint"
)
WEBHOOKS_TEST = _webhooks(
    "test", "POST", "/{webhook}/test", "P", Credential.SECRET, page="test-webhook-endpoint"
)
WEBHOOKS_DELIVERIES = _webhooks(
    "deliveries",
    "GET",
    "/{webhook}/deliveries",
    "P",
    Credential.SECRET,
    page="get-webhook-deliveries",
)
