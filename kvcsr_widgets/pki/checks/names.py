"""The subject and the alternative names (SAN) that the CA made of those asked for.

Compared by meaning: the order of a subject and its encodings do not count, nor case and repeated
blanks in it (RFC 5280 section 7.1); for alternative names see ``altnames.canonical``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kvcsr_widgets.pki import altnames
from kvcsr_widgets.pki.altnames import DNS, AlternativeName
from kvcsr_widgets.pki.attributes import Attribute
from kvcsr_widgets.pki.checks import words
from kvcsr_widgets.pki.checks.case import Case
from kvcsr_widgets.pki.facts import folded
from kvcsr_widgets.pki.finding import Entry, Finding, Level

SUBJECT_DROPPED = Entry(
    "subject-dropped",
    (Level.INFO, Level.TICK),
    about="The CA left out parts of the subject.",
    why=(
        "Usual where the CA checks domains alone (DV). Clients of a TLS server look at the "
        "alternative names only (RFC 9525); in a certificate without any, the subject is all "
        "that says whose it is, so it needs a tick."
    ),
    source="BR 7.1.2.7: what a subject may hold; RFC 9525 section 6.",
    advice="If you need them, for example for a client that reads the organization, ask the CA.",
)
SUBJECT_CHANGED = Entry(
    "subject-changed",
    (Level.TICK, Level.INFO),
    about="The CA changed parts of the subject.",
    why=(
        "It may be the certificate of somebody else's order. For information only where the CN "
        "became another one of the names asked for, as CAs do that choose the CN by themselves, or "
        "a wildcard that covers it."
    ),
    source="RFC 5280 sections 4.1.2.6 and 7.1; BR 7.1.2.7.",
    advice="Compare it with your order at the CA.",
)
SUBJECT_ADDED = Entry(
    "subject-added",
    (Level.INFO,),
    about="The CA added parts to the subject.",
    why="Usual for EV and OV certificates: the register number, the kind of business, the address.",
    source="BR 7.1.2.7; EV Guidelines 7.1.4.2.",
)
NAMES_DROPPED = Entry(
    "names-dropped",
    (Level.TICK, Level.INFO),
    about="The CA left out alternative names.",
    why=(
        "Clients refuse the certificate for a name that it does not hold. For information only "
        "where a wildcard in the certificate covers what is left out. Where the request has no "
        "alternative names, a host name in its CN is the name that it asks for."
    ),
    source="RFC 5280 section 4.2.1.6; RFC 9525 section 6.3; BR 7.1.2.7.12.",
    advice="Ask the CA, or merge knowingly.",
)
NAMES_CHANGED = Entry(
    "names-changed",
    (Level.TICK, Level.INFO),
    about="The CA put other alternative names in the place of those asked for.",
    why=(
        "Clients refuse the certificate for the names that are gone. It may be somebody else's "
        "order. For information only where a wildcard in the certificate covers them."
    ),
    source="RFC 5280 section 4.2.1.6; RFC 9525 section 6.3.",
    advice="Compare it with your order at the CA.",
)
NAMES_ADDED = Entry(
    "names-added",
    (Level.INFO,),
    about="The CA added alternative names.",
    why="Usual: the domain without www or with it, or the CN.",
    source="RFC 5280 section 4.2.1.6; BR 7.1.2.7.12.",
)

_COVERED = "A wildcard in the certificate covers them."
_CN_ALONE = (
    "The request asks for it in its CN, and has no alternative names. Clients of a TLS server look "
    "at the latter alone."
)


@dataclass(frozen=True, slots=True)
class _Changes:
    """How two subjects differ, part by part."""

    dropped: tuple[Attribute, ...]
    changed: tuple[tuple[Attribute, Attribute], ...]
    added: tuple[Attribute, ...]


def subject_dropped(case: Case) -> Iterator[Finding]:
    """Parts that were asked for and are not there."""
    if dropped := _changes(case).dropped:
        alone = case.held is None or not altnames.held(case.held)
        yield SUBJECT_DROPPED.finding(
            f"The CA left out of the subject: {words.listed(part.text for part in dropped)}.",
            "The certificate has no alternative names: the subject alone says whose it is."
            if alone
            else "Clients of a TLS server look at the alternative names, not at the subject.",
            level=Level.TICK if alone else Level.INFO,
        )


def subject_changed(case: Case) -> Iterator[Finding]:
    """Parts that hold another value."""
    if changed := _changes(case).changed:
        reasons = [_why_usual(old, new, case) for old, new in changed]
        told = (f"{old.text} became {new.text}" for old, new in changed)
        yield SUBJECT_CHANGED.finding(
            f"The CA changed the subject: {words.listed(told)}.",
            " ".join(dict.fromkeys(reasons)) if all(reasons) else "",
            level=Level.INFO if all(reasons) else Level.TICK,
        )


def subject_added(case: Case) -> Iterator[Finding]:
    """Parts that nobody asked for."""
    if added := _changes(case).added:
        yield SUBJECT_ADDED.finding(
            f"The CA added to the subject: {words.listed(part.text for part in added)}."
        )


def names_dropped(case: Case) -> Iterator[Finding]:
    """Names that were asked for and are not there, and no others in their place."""
    dropped, added = _names(case)
    if not dropped or added:
        return
    covered = _are_covered(dropped, case)
    detail = _COVERED if covered else _of_the_cn(case)
    yield NAMES_DROPPED.finding(
        f"The CA left out names that were asked for: {words.listed(map(str, dropped))}.",
        detail,
        level=Level.INFO if covered else Level.TICK,
    )


def names_changed(case: Case) -> Iterator[Finding]:
    """Names are gone, and others came."""
    dropped, added = _names(case)
    if not dropped or not added:
        return
    covered = _are_covered(dropped, case)
    more = _COVERED if covered else _of_the_cn(case)
    yield NAMES_CHANGED.finding(
        f"The CA left out names that were asked for: {words.listed(map(str, dropped))}.",
        f"In their place are: {words.listed(map(str, added))}. {more}".rstrip(),
        level=Level.INFO if covered else Level.TICK,
    )


def names_added(case: Case) -> Iterator[Finding]:
    """Names that nobody asked for."""
    dropped, added = _names(case)
    if added and not dropped:
        yield NAMES_ADDED.finding(f"The CA added names: {words.listed(map(str, added))}.")


def _changes(case: Case) -> _Changes:
    """Parts of one kind are the same first, then changed as far as both sides have some left."""
    if case.asked_subject is None or case.subject is None:
        return _Changes((), (), ())
    rest = _by_kind(case.subject)
    gone: dict[str, list[Attribute]] = defaultdict(list)
    for kind, asked in _by_kind(case.asked_subject).items():
        for part in asked:
            wanted = folded(part.value)
            same = next((each for each in rest[kind] if folded(each.value) == wanted), None)
            if same:
                rest[kind].remove(same)
            else:
                gone[kind].append(part)
    pairs = {kind: list(zip(gone[kind], rest[kind], strict=False)) for kind in gone}
    return _Changes(
        tuple(part for kind in gone for part in gone[kind][len(pairs[kind]) :]),
        tuple(pair for found in pairs.values() for pair in found),
        tuple(part for kind in rest for part in rest[kind][len(pairs.get(kind, ())) :]),
    )


def _by_kind(parts: Sequence[Attribute]) -> defaultdict[str, list[Attribute]]:
    found: defaultdict[str, list[Attribute]] = defaultdict(list)
    for part in parts:
        found[part.key].append(part)
    return found


def _why_usual(old: Attribute, new: Attribute, case: Case) -> str:
    """Why a changed CN is nothing odd; empty if it is, and for other parts."""
    if new.key != "CN":
        return ""
    asked = altnames.held(case.asked) if case.asked else ()
    if new.value.lower() in {name.canonical[1] for name in asked}:
        return "It is one of the names asked for: the CA chose among them."
    was, became = AlternativeName(DNS, old.value), AlternativeName(DNS, new.value)
    return "The wildcard covers it." if _is_covered(was, [became]) else ""


def _names(case: Case) -> tuple[list[AlternativeName], list[AlternativeName]]:
    """The names that the CA left out, and those that it added."""
    if case.asked is None or case.held is None:
        return [], []
    asked = {name.canonical: name for name in (*altnames.held(case.asked), *_cn_names(case))}
    held = {name.canonical: name for name in altnames.held(case.held)}
    return (
        [name for canonical, name in asked.items() if canonical not in held],
        [name for canonical, name in held.items() if canonical not in asked],
    )


def _cn_names(case: Case) -> tuple[AlternativeName, ...]:
    """The names that the CN asks for, where the request has no others."""
    if case.asked is None or case.asked_subject is None:
        return ()
    hosts = altnames.cn_hosts(case.pending.csr.name, case.asked)
    return tuple(AlternativeName(DNS, host) for host in hosts)


def _of_the_cn(case: Case) -> str:
    return _CN_ALONE if _cn_names(case) else ""


def _are_covered(names: Sequence[AlternativeName], case: Case) -> bool:
    """Whether wildcards of the certificate stand for all of them."""
    held = altnames.held(case.held) if case.held else ()
    return all(_is_covered(name, held) for name in names)


def _is_covered(name: AlternativeName, held: Sequence[AlternativeName]) -> bool:
    """Whether a wildcard stands for it: the whole left-most label (RFC 9525 section 6.3)."""
    if name.kind != DNS:
        return False
    first, _dot, rest = name.canonical[1].partition(".")
    return first != "*" and (DNS, f"*.{rest}") in {each.canonical for each in held}
