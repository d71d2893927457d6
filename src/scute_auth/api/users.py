"""The users of an app, as its backend manages them: below `/v1/{app_id}/users`."""

from scute_auth.api.row import Credential, Group

__all__ = [
    "IMPERSONATION_END",
    "IMPERSONATION_LIST",
    "IMPERSONATION_START",
    "USERS_ACTIVATE",
    "USERS_CREATE",
    "USERS_DEACTIVATE",
    "USERS_DELETE",
    "USERS_IMPORT_MANY",
    "USERS_INVITE",
    "USERS_LACK_META",
    "USERS_LIST",
    "USERS_LOOK_UP",
    "USERS_MERGE",
    "USERS_PREVIOUS_ACCOUNTS",
    "USERS_REPLACE",
    "USERS_REVOKE_SESSION",
    "USERS_SESSIONS",
    "USERS_SHOW",
    "USERS_UPDATE",
    "USERS_UPDATE_META",
]

_USERS = "/v1/{app_id}/users"
_AUTH = "/v1/auth/{app_id}"

_users = Group("users", _USERS, "users")
USERS_LIST = _users("list", "GET", "", "PS", Credential.EITHER, page="list-users")
USERS_CREATE = _users("create", "POST", "", "PT", Credential.EITHER, page="create-user")
USERS_SHOW = _users("show", "GET", "/{user}", "S", Credential.EITHER, page="show-user")
USERS_UPDATE = _users("update", "PATCH", "/{user}", "PS", Credential.SECRET)
USERS_REPLACE = _users("replace", "PUT", "/{user}", "P", Credential.SECRET)
USERS_UPDATE_META = _users(
    "update_meta", "PATCH", "/{user}/meta", "I", Credential.SECRET, page="update-user-metadata"
)
USERS_ACTIVATE = _users(
    "activate", "POST", "/{user}/activate", "S", Credential.SECRET, page="activate-user"
)
USERS_DEACTIVATE = _users(
    "deactivate", "POST", "/{user}/deactivate", "S", Credential.SECRET, page="deactivate-user"
)
USERS_INVITE = _users("invite", "POST", "/invite", "S", Credential.SECRET, page="invite-user")
USERS_IMPORT_MANY = _users(
    "import_many", "POST", "/import", "I", Credential.SECRET, page="import-users"
)
USERS_DELETE = _users("delete", "DELETE", "/{user}", "ST", Credential.EITHER, page="delete-user")
USERS_SESSIONS = _users("sessions", "GET", "/{user}/sessions", "S", Credential.SECRET)
USERS_REVOKE_SESSION = _users(
    "revoke_session", "DELETE", "/{user}/sessions/{session}", "S", Credential.SECRET
)
USERS_PREVIOUS_ACCOUNTS = _users(
    "previous_accounts", "GET", "/{user}/previous_accounts", "S", Credential.SECRET
)
USERS_MERGE = _users("merge", "POST", "/{user}/merge", "S", Credential.SECRET)

_lookup = Group("users", f"{_AUTH}/users")
# It makes a user of whoever is unknown, where everybody may sign up (protocol D.9).
USERS_LOOK_UP = _lookup("look_up", "GET", "", "S", is_once=True)
USERS_LACK_META = _lookup("lack_meta", "GET", "/metafields", "S")
_impersonation = Group("impersonation", "/v1/apps/{app_id}/users/{user}")
IMPERSONATION_START = _impersonation("start", "POST", "/impersonate", "S", Credential.SECRET)
IMPERSONATION_LIST = _impersonation("list", "GET", "/impersonations", "S", Credential.SECRET)
IMPERSONATION_END = _impersonation("end", "DELETE", "/impersonate", "S", Credential.SECRET)
