"""One call as the API's handlers read it: path, query, headers and fields, whatever the encoding.

The first-party SDKs send JSON, the third-party client multipart forms; both are taken.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from scute_auth.effects import HttpCall
from scute_emulator.api.refusals import Refusal

__all__ = ["ApiRequest", "path_of", "read_request"]


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """`fields` is the body; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)

    def text(self, name: str) -> str:
        """A field that is a text; the empty text if it is missing or something else."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def object(self, name: str) -> Mapping[str, Any]:
        """A field that is an object; an empty one if it is missing or something else."""
        value = self.fields.get(name)
        return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def path_of(call: HttpCall) -> str:
    return urlsplit(call.url).path


def read_request(call: HttpCall) -> ApiRequest:
    headers = {name.lower(): value for name, value in call.headers}
    return ApiRequest(
        method=call.method.upper(),
        path=path_of(call),
        query=dict(parse_qsl(urlsplit(call.url).query)),
        headers=headers,
        fields=_fields(headers.get("content-type", ""), call.body or b""),
    )


def _fields(content_type: str, body: bytes) -> dict[str, Any]:
    kind = content_type.split(";", 1)[0].strip().lower()
    if not body:
        return {}
    if kind == "multipart/form-data":
        return _multipart(content_type, body)
    if kind == "application/x-www-form-urlencoded" and not body.startswith(b"{"):
        return _form(body)
    try:
        value = json.loads(body)
    except ValueError:
        raise Refusal(400, "invalid_json", "The body is not valid JSON") from None
    if not isinstance(value, dict):
        raise Refusal(400, "invalid_json", "The body is not a JSON object")
    return cast("dict[str, Any]", value)


def _form(body: bytes) -> dict[str, Any]:
    """`curl -d` says that whatever it sends is a form: what is none is not passed over."""
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), strict_parsing=True))
    except ValueError:
        raise Refusal(400, "invalid_form", "The body is neither a form nor JSON") from None


def _multipart(content_type: str, body: bytes) -> dict[str, Any]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message: Message = message_from_bytes(head + body)
    fields: dict[str, Any] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            fields[name] = value.decode("utf-8", "replace")
    return fields
