"""Starting points for a request, one data file each in the folder ``templates``.

A file holds a ``title``, a sentence ``for_whom``, what the CA looks into (``validation``: DV, OV
or empty), the subject's keys and the kinds of names (``Names``) that it expects, ``notes``, and
``values`` for the fields of a plan. All files give values for the same fields, so that one
template leaves nothing of another behind. ``validity_months`` may be ``"public"``: as long as
public CAs issue on the day. ``key_usage`` depends on the kind of key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

from kvcsr_widgets.pki.advice import DOMAIN, ORGANIZATION
from kvcsr_widgets.pki.attributes import OIDS
from kvcsr_widgets.pki.lifetimes import most_months
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, ContentType, KeyChoice

PUBLIC = "public"
"""The validity that public CAs issue on the day."""

_ORDER = (
    *("public-web-dv", "public-web-ov", "internal-web"),
    *("mutual-tls-client", "code-signing", "e-mail"),
)


@dataclass(frozen=True, slots=True)
class Template:
    """A starting point: what it is called, for whom it is, and what it expects and sets.

    ``validation`` is ``DOMAIN`` or ``ORGANIZATION`` where a public TLS CA is to sign, else empty;
    ``names`` are fields of ``Names``; ``values`` are by fields of ``CertificatePlan``.
    """

    id: str
    title: str
    for_whom: str
    validation: str
    subject_keys: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]
    values: Mapping[str, Any]

    @property
    def note(self) -> str:
        """For whom it is and what to think of, as one text."""
        return " ".join((self.for_whom, *self.notes))


def templates() -> tuple[Template, ...]:
    """Every template that comes along, the commonest first."""
    folder = resources.files("kvcsr_widgets.runbook") / "templates"
    return tuple(
        read_template(name, (folder / f"{name}.toml").read_text(encoding="utf-8"))
        for name in _ORDER
    )


def apply(
    template: Template, plan: CertificatePlan, typed: frozenset[str], *, on: date | None = None
) -> CertificatePlan:
    """The plan with the template's values in all fields of it that are not in ``typed``.

    ``on`` is the day whose limits of public CAs count, by default today. A field that depends on
    another, such as the key usage on the kind of key, follows what was typed there.
    """
    key = plan.key if "key" in typed else template.values["key"]
    hsm = plan.hsm if "hsm" in typed else template.values["hsm"]
    months = template.values["validity_months"]
    if months == PUBLIC:
        months = most_months(on or datetime.now(UTC).date())
    values = {
        **template.values,
        "exportable": template.values["exportable"] and not hsm,
        "validity_months": months,
        "key_usage": template.values["key_usage"][key.kind],
    }
    return replace(plan, **{name: each for name, each in values.items() if name not in typed})


def read_template(name: str, text: str) -> Template:
    """The template in a data file. Raises ValueError, with the file, for one that is wrong."""
    try:
        return _template(name, tomllib.loads(text))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name}.toml: {error}") from error


def _template(name: str, found: dict[str, Any]) -> Template:
    _same("members", set(found), {field.name for field in fields(Template)} - {"id"})
    _same("values", set(found["values"]), set(_VALUES))
    _within("validation", {found["validation"]}, {"", DOMAIN, ORGANIZATION})
    _within("subject_keys", set(found["subject_keys"]), set(OIDS))
    _within("names", set(found["names"]), {field.name for field in fields(Names)})
    return Template(
        id=name,
        title=_text(found["title"]),
        for_whom=_text(found["for_whom"]),
        validation=found["validation"],
        subject_keys=_texts(found["subject_keys"]),
        names=_texts(found["names"]),
        notes=_texts(found["notes"]),
        values={field: _VALUES[field](value) for field, value in found["values"].items()},
    )


def _same(what: str, found: set[str], wanted: set[str]) -> None:
    if found != wanted:
        raise ValueError(f"{what} {', '.join(sorted(found ^ wanted))} unknown or missing")


def _within(what: str, found: set[str], known: set[str]) -> None:
    if found - known:
        raise ValueError(f"{what} {', '.join(sorted(found - known))} unknown")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is no text")
    return value


def _texts(value: list[object]) -> tuple[str, ...]:
    return tuple(_text(each) for each in value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _months(value: object) -> int | str:
    if value != PUBLIC and not isinstance(value, int):
        raise TypeError(f"{value!r} is no number of months")
    return value


def _by_kind(value: dict[str, list[object]]) -> dict[str, tuple[str, ...]]:
    _same("key_usage", set(value), {key.kind for key in KeyChoice})
    return {kind: _texts(usages) for kind, usages in value.items()}


_VALUES: dict[str, Callable[[Any], object]] = {
    "key": lambda value: KeyChoice[value],
    "hsm": _flag,
    "exportable": _flag,
    "reuse_key": _flag,
    "content_type": lambda value: ContentType[value],
    "validity_months": _months,
    "key_usage": _by_kind,
    "ekus": _texts,
}
"""The fields of a plan that every template sets, and how each is read."""
