"""The members that several bodies share, checked: attributes, tags, ``preserveCertOrder``."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from kvcsr_widgets.practice import refusals

Json = dict[str, Any]
"""An object as it goes over the wire."""

MAX_TAGS = 15
MAX_LIST = 100
"""The most entries of a list, a bound of ours."""


def is_by_hand(issuer: str) -> bool:
    """Whether a person goes to the CA: no CA that the vault knows answers the request."""
    return issuer.lower() == "unknown"


def enabled(body: Json) -> bool | None:
    """``attributes.enabled``, or None where it is not said."""
    attributes = body.get("attributes")
    if attributes is None:
        return None
    if not isinstance(attributes, dict):
        raise refusals.invalid_property("attributes")
    return _flag(attributes.get("enabled"), "attributes")


def tags(body: Json) -> str | None:
    """The tags as JSON text, or None for none: they do not clear what was there."""
    found = body.get("tags")
    if not found:
        return None
    if (
        not isinstance(found, dict)
        or len(found) > MAX_TAGS
        or not all(len(key) <= 256 for key in found)
        or not all(isinstance(value, str) and len(value) <= 256 for value in found.values())
    ):
        raise refusals.invalid_property("")
    return json.dumps(found)


def preserve_order(body: Json) -> bool | None:
    """``preserveCertOrder``, or None where it is not said."""
    return _flag(body.get("preserveCertOrder"), "preserveCertOrder")


def from_base64(value: object) -> bytes:
    """The bytes of a base64 text; blanks in it do not count, as for .NET. ValueError if none."""
    shown = value if isinstance(value, str) else "?"
    return base64.b64decode(re.sub(r"[ \t\r\n]+", "", shown), validate=True)


def text(body: Json, name: str, *, limit: int = 256, owner: str = "") -> str | None:
    """A member that is text of bounded length, or None where it is absent."""
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > limit):
        raise refusals.invalid_property(owner or name)
    return value


def json_object(value: object, name: str) -> Json:
    """A value that is an object."""
    if not isinstance(value, dict):
        raise refusals.invalid_property(name)
    return value


def strings(value: object, name: str) -> list[str] | None:
    """A value that is a list of texts, or None where it is absent."""
    if value is None:
        return None
    if (
        not isinstance(value, list)
        or len(value) > MAX_LIST
        or not all(isinstance(item, str) and len(item) <= 255 for item in value)
    ):
        raise refusals.invalid_property(name)
    return value


def flag(body: Json, name: str, owner: str, *, default: bool) -> bool:
    """A member that is true or false."""
    value = _flag(body.get(name), owner)
    return default if value is None else value


def _flag(value: object, name: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise refusals.invalid_property(name)
    return value
