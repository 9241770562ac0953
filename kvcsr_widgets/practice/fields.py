"""The members that several bodies share, checked: attributes, tags, ``preserveCertOrder``."""

from __future__ import annotations

import json

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.policy import Json

MAX_TAGS = 15


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


def text(owner: Json, name: str, *, limit: int = 256) -> str | None:
    """A member that is text of bounded length, or None where it is absent."""
    value = owner.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > limit):
        raise refusals.invalid_property(name)
    return value


def _flag(value: object, name: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise refusals.invalid_property(name)
    return value
