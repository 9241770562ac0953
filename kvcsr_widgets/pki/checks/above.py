"""The certificates above: who signed, until when, in which order, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509

from kvcsr_widgets.pki.chain import is_self_issued
from kvcsr_widgets.pki.checks import words
from kvcsr_widgets.pki.checks.case import Case, basic_constraints, extensions
from kvcsr_widgets.pki.checks.request import homes
from kvcsr_widgets.pki.finding import Entry, Finding, Level
from kvcsr_widgets.pki.leaf import key_of

CHAIN_INCOMPLETE = Entry(
    "chain-incomplete",
    (Level.TICK,),
    about="The certificate that signed the leaf is not in the file.",
    why=(
        "The vault merges it, and many services that take it from there then present it without "
        "its issuer: some clients refuse it, often only phones and programs."
    ),
    source="RFC 8446 section 4.4.2; the article: the whole chain is merged if the file has it.",
    advice="Bring the CA's .p7b or bundle instead, or the issuer's certificate in a second file.",
)
CHAIN_BROKEN = Entry(
    "chain-broken",
    (Level.TICK,),
    about="A certificate has the name of the issuer, but its key did not make the signature.",
    why="Clients refuse the chain. It is left out of the merge.",
    source="RFC 5280 section 6.1.3 (a)(1).",
    advice=(
        "Ask the CA for the intermediate that belongs to this certificate: it may have been "
        "renewed with a new key."
    ),
)
INTERMEDIATE_EXPIRED = Entry(
    "intermediate-expired",
    (Level.TICK, Level.INFO),
    about="A certificate above the leaf is no longer valid.",
    why=(
        "Clients refuse the chain. For information only where just the top of the chain expired "
        "and at least two good CAs are below it, as with an old root that signed a newer one: "
        "clients that trust the newer one look no further up."
    ),
    source="RFC 5280 section 6.1.3 (a)(2); section 6.1: a path ends at what a client trusts.",
    advice=(
        "Ask the CA for its present chain: there often is a certificate of the same name and key "
        "that is valid."
    ),
)
INTERMEDIATE_NOT_YET_VALID = Entry(
    "intermediate-not-yet-valid",
    (Level.TICK,),
    about="A certificate above the leaf is not valid yet.",
    why="Clients refuse the chain until then.",
    source="RFC 5280 section 6.1.3 (a)(2).",
    advice="Check this machine's clock, or ask the CA for its present intermediate.",
)
INTERMEDIATE_EXPIRES_FIRST = Entry(
    "intermediate-expires-first",
    (Level.INFO,),
    about="A certificate above the leaf ends before the leaf does.",
    why="From that day on clients refuse the chain, although the leaf is still valid.",
    source="RFC 5280 section 6.1.3 (a)(2).",
    advice="Renew before that day, or merge a renewed intermediate in time.",
)
INTERMEDIATE_NOT_CA = Entry(
    "intermediate-not-ca",
    (Level.TICK,),
    about="A certificate above the leaf may not sign certificates.",
    why="Clients refuse the chain: anybody with a certificate could sign others otherwise.",
    source="RFC 5280 section 6.1.4 (k) and (n). The vault does not mind (recorded).",
    advice="Ask the CA for the right intermediate.",
)
PATH_TOO_LONG = Entry(
    "path-too-long",
    (Level.TICK,),
    about="A CA of the chain allows fewer CAs below it than there are.",
    why="Clients refuse the chain.",
    source="RFC 5280 section 4.2.1.9 and 6.1.4 (l), (m).",
    advice="Ask the CA for a chain that keeps to its own limit.",
)
ROOT_ABSENT = Entry(
    "root-absent",
    (Level.INFO,),
    about="The chain ends below a root.",
    why=(
        "Usual and right: clients have the root. If the one that is missing is no root, they "
        "need it. Where CAs signed each other, no root may be there to be found."
    ),
    source="RFC 8446 section 4.4.2: the root may be left out.",
)
ROOT_INCLUDED = Entry(
    "root-included",
    (Level.INFO,),
    about="The root goes into the vault too.",
    why="Harmless: servers send some bytes more than they need to. Some services want it.",
    source="RFC 8446 section 4.4.2: the root may be left out.",
)
REORDERED = Entry(
    "reordered",
    (Level.INFO,),
    about="The file has the chain in another order than from the leaf up.",
    why="It is merged in the right order. Other tools send the file as it is.",
    source="RFC 8446 section 4.4.2: each certifies the one before it.",
)
NOT_IN_CHAIN = Entry(
    "not-in-chain",
    (Level.INFO,),
    about="Certificates of the file are left out of the merge.",
    why="They are of no use to this certificate.",
    source="RFC 5280 section 6.1.",
)


def chain_incomplete(case: Case) -> Iterator[Finding]:
    """The leaf stands alone and is no root."""
    missing = case.chain.missing
    if missing is None or case.above or case.chain.broken:
        return
    where = f" The CA offers it at {words.listed(case.chain.aia)}." if case.chain.aia else ""
    yield CHAIN_INCOMPLETE.finding(
        "The certificate that signed this one is not in the file.",
        f"Missing: {words.name(missing)}.{where}",
    )


def chain_broken(case: Case) -> Iterator[Finding]:
    """One that names itself the issuer did not sign."""
    told = [
        f"“{words.subject(each)}” (serial number {each.serial_number:X}) has the issuer's "
        "name, but the signature is not from its key, as far as can be told."
        for each in case.chain.broken
    ]
    if told:
        yield CHAIN_BROKEN.finding(*words.gathered(told))


def intermediate_expired(case: Case) -> Iterator[Finding]:
    """One above has ended."""
    over = [each for each in case.above if case.now > each.not_valid_after_utc]
    if not over:
        return
    title, detail = words.gathered(
        [
            f"{_called(case, each)} expired on {words.when(each.not_valid_after_utc)}."
            for each in over
        ]
    )
    lower = _trusted_below(case, over)
    if lower is None:
        yield INTERMEDIATE_EXPIRED.finding(title, detail)
        return
    more = (
        f"Clients that trust “{words.subject(lower)}” below it look no further up; those that do "
        "not refuse the chain."
    )
    yield INTERMEDIATE_EXPIRED.finding(title, f"{detail} {more}".lstrip(), level=Level.INFO)


def intermediate_not_yet_valid(case: Case) -> Iterator[Finding]:
    """One above has not begun."""
    told = [
        f"{_called(case, each)} is not valid before {words.when(each.not_valid_before_utc)}."
        for each in case.above
        if case.now < each.not_valid_before_utc
    ]
    if told:
        yield INTERMEDIATE_NOT_YET_VALID.finding(*words.gathered(told))


def intermediate_expires_first(case: Case) -> Iterator[Finding]:
    """One above ends while the leaf is still valid."""
    last = case.leaf.not_valid_after_utc
    told = [
        f"{_called(case, each)} ends first, on "
        f"{words.when(each.not_valid_after_utc)}; the certificate ends on {words.when(last)}."
        for each in case.above
        if case.now <= each.not_valid_after_utc < last
    ]
    if told:
        yield INTERMEDIATE_EXPIRES_FIRST.finding(*words.gathered(told))


def intermediate_not_ca(case: Case) -> Iterator[Finding]:
    """One above lacks the right to sign certificates; a root needs no such word."""
    told = [
        f"“{words.subject(each)}” may not sign certificates: {reason}."
        for each in case.above
        if each is not case.root and (reason := why_no_ca(each))
    ]
    if told:
        yield INTERMEDIATE_NOT_CA.finding(*words.gathered(told))


def path_too_long(case: Case) -> Iterator[Finding]:
    """More CAs below one than it allows; those that issued themselves do not count."""
    told: list[str] = []
    below = 0
    for each in case.above:
        found = basic_constraints(each)
        allowed = found.path_length if found else None
        if allowed is not None and below > allowed:
            told.append(
                f"“{words.subject(each)}” allows {words.counted(allowed, 'CA')} below it, "
                f"not {below}."
            )
        below += not is_self_issued(each)
    if told:
        yield PATH_TOO_LONG.finding(*words.gathered(told))


def root_absent(case: Case) -> Iterator[Finding]:
    """The chain has an intermediate and no root; it may come round to itself."""
    missing = case.chain.missing
    if missing is None or not case.above or case.chain.broken:
        return
    if case.chain.is_loop:
        yield ROOT_ABSENT.finding(
            f"The chain ends in a loop: “{words.name(missing)}” is in it already, and there is no "
            "root.",
            "CAs signed each other. Clients that know one of them need no more; others refuse it.",
        )
    else:
        yield ROOT_ABSENT.finding(
            f"The chain ends below “{words.name(missing)}”, which is not in the file."
        )


def root_included(case: Case) -> Iterator[Finding]:
    """The last one names itself as its issuer."""
    if case.root is not None:
        yield ROOT_INCLUDED.finding(f"The root “{words.subject(case.root)}” is merged too.")


def reordered(case: Case) -> Iterator[Finding]:
    """The places in the file do not rise along the chain."""
    place = {certificate: at for at, certificate in enumerate(case.signed.certificates)}
    places = [place[certificate] for certificate in case.chain.certificates]
    if places != sorted(places):
        yield REORDERED.finding("The file has another order; it is merged from the leaf up.")


def not_in_chain(case: Case) -> Iterator[Finding]:
    """Strangers, and others that could stand in a place that is taken."""
    chain = set(case.chain.certificates)
    out = [each for each in case.signed.certificates if each not in chain]
    if not out:
        return
    spare = sum(each in case.chain.alternatives for each in out)
    also = [f"{spare} of them could stand in the place of another."] if spare else []
    strangers = [each for each in out if key_of(each) != case.pending.csr.fingerprint]
    yield NOT_IN_CHAIN.finding(
        f"{len(out)} of {len(case.signed.certificates)} certificates are left out of the merge.",
        words.sentences([f"{words.subjects(out)}.", *also, *homes(case.pending, strangers)]),
    )


def _called(case: Case, above: x509.Certificate) -> str:
    """How a sentence on one of the certificates above begins."""
    return f"{'The root ' if above is case.root else ''}“{words.subject(above)}” above it"


def _trusted_below(case: Case, over: list[x509.Certificate]) -> x509.Certificate | None:
    """The CA below those that are over which clients may trust by itself.

    None where anything lower is of no use, and for the leaf's own issuer: such a CA is hardly ever
    in a client's store.
    """
    below = case.above[: len(case.above) - len(over)]
    if len(below) < 2 or any(each in over for each in below):
        return None
    useless = (case.now < each.not_valid_before_utc or why_no_ca(each) for each in below)
    return None if any(useless) else below[-1]


def why_no_ca(certificate: x509.Certificate) -> str:
    """Why a CA may not sign certificates; empty if it may, or if that cannot be read."""
    found = extensions(certificate)
    if found is None:
        return ""
    constraints = basic_constraints(certificate)
    if constraints is None or not constraints.ca:
        return "its basic constraints do not say that it is a CA"
    try:
        usage = found.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ""
    return "" if usage.key_cert_sign else "its key usage lacks keyCertSign"
