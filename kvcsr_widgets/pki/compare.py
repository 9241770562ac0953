"""What was asked for against what the CSR holds, row by row.

Spellings that mean the same are the same: case of DNS names, forms of an IP address, ``ST`` and
``S``, case of key usages. Nothing is said about validity: a CSR has none (RFC 2986 section 4.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki import altnames, extensions, facts
from kvcsr_widgets.pki.attributes import Attribute
from kvcsr_widgets.pki.csr import SigningRequest, SubjectPart
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.subject import Subject

NONE = "(none)"
NOTHING = "(nothing said)"


class Verdict(Enum):
    """How one thing in the CSR stands to what was asked for."""

    SAME = "as asked"
    DEFAULTED = "chosen by the vault"
    ADDED = "not asked for"
    MISSING = "missing"
    CHANGED = "changed"
    UNREADABLE = "cannot be compared"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison; an empty text stands for nothing on that side."""

    label: str
    asked: str
    got: str
    verdict: Verdict


def compare(plan: CertificatePlan, csr: SigningRequest) -> tuple[Row, ...]:
    """Hold a CSR against the plan that it was made for. Nothing raises."""
    found: list[Row] = []
    for label, rows in _COMPARISONS.items():
        try:
            found.extend(rows(plan, csr))
        except SubjectError as error:
            asked = facts.shown(plan.subject)
            found.append(Row(label, asked, facts.shown(error.message), Verdict.UNREADABLE))
        except facts.UNREADABLE as error:
            found.append(Row(label, "", facts.shown(str(error)), Verdict.UNREADABLE))
    return tuple(found)


def _subject(plan: CertificatePlan, csr: SigningRequest) -> Iterator[Row]:
    """Each part, then the order: the vault puts the text's last part first."""
    asked = tuple(reversed(Subject.parse(plan.subject).attributes))
    rest = list(csr.parts)
    matched: dict[int, SubjectPart | None] = {}
    for exactly in (True, False):  # what changed its value must not take another's match
        for place, part in enumerate(asked):
            if matched.get(place) is None:
                matched[place] = _take(part, rest, exactly=exactly)
    for place, part in enumerate(asked):
        yield _part_row(part, matched[place])
    for extra in rest:
        yield Row(f"Subject {extra.key}", "", facts.shown(extra.value), Verdict.ADDED)
    both = [(part, got) for place, part in enumerate(asked) if (got := matched[place])]
    if len(both) > 1:
        yield _order_row(both)


def _order_row(both: list[tuple[Attribute, SubjectPart]]) -> Row:
    """Of the parts that both sides have; those of one multi-valued part have the same place."""
    places = [got.place for _part, got in both]
    held = sorted(both, key=lambda pair: pair[1].place)
    texts = (
        ", ".join(f"{part.key}={facts.shown(part.value)}" for part, _got in pairs)
        for pairs in (both, held)
    )
    return _row("Order in the CSR", *texts, same=all(a < b for a, b in pairwise(places)))


def _take(part: Attribute, rest: list[SubjectPart], *, exactly: bool) -> SubjectPart | None:
    oid = part.oid.dotted_string
    for candidate in rest:
        if candidate.oid == oid and (candidate.value == part.value or not exactly):
            rest.remove(candidate)
            return candidate
    return None


def _part_row(part: Attribute, got: SubjectPart | None) -> Row:
    label, asked = f"Subject {part.key}", facts.shown(part.value)
    if got is None:
        return Row(label, asked, "", Verdict.MISSING)
    return _row(label, asked, facts.shown(got.value), same=got.value == part.value)


def _names(plan: CertificatePlan, csr: SigningRequest) -> Iterator[Row]:
    got = {name.canonical: name for name in csr.names}
    for name in altnames.asked(plan.names):
        held = got.pop(name.canonical, None)
        verdict = Verdict.SAME if held else Verdict.MISSING
        shown = facts.shown(held.value) if held else ""
        yield Row(f"Name, {name.kind}", facts.shown(name.value), shown, verdict)
    for name in got.values():
        yield Row(f"Name, {name.kind}", "", facts.shown(name.value), Verdict.ADDED)


def _key(plan: CertificatePlan, csr: SigningRequest) -> Iterator[Row]:
    yield _row("Key", plan.key.label, csr.key, same=plan.key.label == csr.key)


def _key_usage(plan: CertificatePlan, csr: SigningRequest) -> Iterator[Row]:
    spelled = {usage.lower(): usage for usage in facts.KEY_USAGE_FIELDS}
    asked = plan.key_usage
    if asked is not None:
        asked = tuple(spelled.get(usage.lower(), usage) for usage in asked)
    yield _set_row("Key usage", asked, facts.key_usages(csr.extensions))


def _ekus(plan: CertificatePlan, csr: SigningRequest) -> Iterator[Row]:
    asked = None if plan.ekus is None else [facts.eku_label(oid) for oid in plan.ekus]
    yield _set_row("Extended key usage", asked, facts.extended_key_usages(csr.extensions))


def _set_row(label: str, asked: Sequence[str] | None, got: Sequence[str]) -> Row:
    shown = ", ".join(got) or NONE
    if asked is None:
        return Row(label, NOTHING, shown, Verdict.DEFAULTED)
    if asked and not got:
        return Row(label, ", ".join(asked), shown, Verdict.MISSING)
    if got and not asked:
        return Row(label, NONE, shown, Verdict.ADDED)
    return _row(label, ", ".join(asked) or NONE, shown, same=set(asked) == set(got))


def _basic_constraints(_plan: CertificatePlan, csr: SigningRequest) -> Iterator[Row]:
    """No plan can ask for a CA's certificate."""
    got = extensions.basic_constraints(csr.extensions)
    if got:
        usual = got == extensions.NOT_A_CA
        yield Row("Basic constraints", NOTHING, got, Verdict.DEFAULTED if usual else Verdict.ADDED)


def _others(_plan: CertificatePlan, csr: SigningRequest) -> Iterator[Row]:
    for label, value in extensions.others(csr.extensions):
        yield Row(label, "", value, Verdict.ADDED)


def _signature(_plan: CertificatePlan, csr: SigningRequest) -> Iterator[Row]:
    yield _row("Signature", "valid", csr.signature_verdict, same=csr.signature_is_valid)


def _row(label: str, asked: str, got: str, *, same: bool) -> Row:
    return Row(label, asked, got, Verdict.SAME if same else Verdict.CHANGED)


_COMPARISONS: dict[str, Callable[[CertificatePlan, SigningRequest], Iterator[Row]]] = {
    "Subject": _subject,
    "Names": _names,
    "Key": _key,
    "Key usage": _key_usage,
    "Extended key usage": _ekus,
    "Basic constraints": _basic_constraints,
    "Other extensions": _others,
    "Signature": _signature,
}
