"""From when to when: against the clock, what was asked for, and what public CAs may issue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cryptography import x509

from kvcsr_widgets.pki import lifetimes
from kvcsr_widgets.pki.checks import words
from kvcsr_widgets.pki.checks.case import Case
from kvcsr_widgets.pki.finding import Entry, Finding, Level
from kvcsr_widgets.pki.plan import SERVER_AUTH

TOLERANCE = 5
"""Days that a lifetime may differ from what was asked: CAs date back, round, and issue later."""

_SECOND = dt.timedelta(seconds=1)
_DAY = dt.timedelta(days=1)

NOT_YET_VALID = Entry(
    "not-yet-valid",
    (Level.TICK,),
    about="The certificate is not valid yet.",
    why="Clients refuse it until then. The vault would take it (no recording shows a refusal).",
    source="RFC 5280 section 4.1.2.5; a refusal at a merge is not recorded.",
    advice="Check this machine's clock, or wait before you put it to use.",
)
EXPIRED = Entry(
    "expired",
    (Level.TICK,),
    about="The certificate is no longer valid.",
    why=(
        "Clients refuse it. The vault refuses an expired one at an import; no recording shows a "
        "merge."
    ),
    source="RFC 5280 section 4.1.2.5; a refusal at a merge is not recorded.",
    advice="Is this last year's file? Ask the CA for the new one.",
)
SHORTER_THAN_ASKED = Entry(
    "shorter-than-asked",
    (Level.INFO,),
    about="The certificate lasts shorter than the policy asked for.",
    why=(
        "Usual: a CSR says nothing about validity, the CA's offer decides. The renewal is due "
        "earlier."
    ),
    source=f"pki.lifetimes.asked_days, with {TOLERANCE} days to spare; RFC 2986 section 4.1.",
    advice="Plan the renewal by the certificate's own end.",
)
LONGER_THAN_ASKED = Entry(
    "longer-than-asked",
    (Level.INFO,),
    about="The certificate lasts longer than the policy asked for.",
    why=(
        "Usual with a CA of one's own that has one lifetime for all. A rule of yours may forbid it."
    ),
    source=f"pki.lifetimes.asked_days, with {TOLERANCE} days to spare; RFC 2986 section 4.1.",
    advice="If a rule of your house limits it, have it issued again.",
)
OVER_PUBLIC_LIMIT = Entry(
    "over-public-limit",
    (Level.INFO,),
    about="A TLS certificate lasts longer than public CAs may issue it.",
    why=(
        "Browsers refuse such a certificate of a public CA. A CA of one's own may issue what it "
        "likes, but Apple's systems refuse more than 825 days of any CA."
    ),
    source="BR 6.3.2 (pki.lifetimes): a day is 86,400 seconds, and a second more is a day more.",
    advice=(
        "From a public CA: have it issued again. From a CA of your own: nothing, unless Apple "
        "devices connect."
    ),
)


def not_yet_valid(case: Case) -> Iterator[Finding]:
    """The first moment is still to come."""
    begin = case.leaf.not_valid_before_utc
    if case.now < begin:
        yield NOT_YET_VALID.finding(f"The certificate is not valid before {words.when(begin)}.")


def expired(case: Case) -> Iterator[Finding]:
    """The last moment has passed."""
    end = case.leaf.not_valid_after_utc
    if case.now > end:
        yield EXPIRED.finding(f"The certificate expired on {words.when(end)}.")


def shorter_than_asked(case: Case) -> Iterator[Finding]:
    """The end comes earlier than the policy asked."""
    asked, got = _asked(case), _days(case.leaf)
    if asked is not None and got < asked - TOLERANCE:
        yield SHORTER_THAN_ASKED.finding(*_told(case, asked, got))


def longer_than_asked(case: Case) -> Iterator[Finding]:
    """The end comes later than the policy asked."""
    asked, got = _asked(case), _days(case.leaf)
    if asked is not None and got > asked + TOLERANCE:
        yield LONGER_THAN_ASKED.finding(*_told(case, asked, got))


def over_public_limit(case: Case) -> Iterator[Finding]:
    """More days than the Baseline Requirements allow on the day of issuance."""
    issued = case.leaf.not_valid_before_utc.date()
    if not _is_for_servers(case.held) or issued < lifetimes.PUBLIC_LIMITS[0][0]:
        return
    limit, got = lifetimes.public_limit(issued), _counted_days(case.leaf)
    if got > limit:
        yield OVER_PUBLIC_LIMIT.finding(
            f"The certificate lasts {words.counted(got, 'day')}; "
            f"a public CA may issue {words.counted(limit, 'day')}.",
            f"The limit for public TLS certificates issued on {issued}. A CA of your own is not "
            "bound by it.",
        )


def _asked(case: Case) -> int | None:
    """The days that the policy asked for, None where that is not known or nobody would care."""
    if case.pending.plan is None or case.now > case.leaf.not_valid_after_utc:
        return None
    begin = case.leaf.not_valid_before_utc.date()
    try:
        return lifetimes.asked_days(case.pending.plan.validity_months, begin)
    except ValueError:  # past the year 9999
        return None


def _span(certificate: x509.Certificate) -> dt.timedelta:
    """Both ends included (RFC 5280 section 4.1.2.5)."""
    return certificate.not_valid_after_utc - certificate.not_valid_before_utc + _SECOND


def _counted_days(certificate: x509.Certificate) -> int:
    """As a public CA has to count them: each that was begun is a whole one (BR 6.3.2)."""
    return -(-_span(certificate) // _DAY)


def _days(certificate: x509.Certificate) -> int:
    """As a person counts them: the minutes that a CA dates back are no day more."""
    return round(_span(certificate) / _DAY)


def _told(case: Case, asked: int, got: int) -> tuple[str, str]:
    compared = "shorter" if got < asked else "longer"
    plan = case.pending.plan
    months = plan.validity_months if plan else 0
    end = words.when(case.leaf.not_valid_after_utc)
    return (
        f"The certificate lasts {compared} than asked: {words.counted(got, 'day')}.",
        f"The policy asks for {words.counted(months, 'month')} "
        f"({words.counted(asked, 'day')}). It ends on {end}.",
    )


def _is_for_servers(extensions: x509.Extensions | None) -> bool:
    """Whether its extended key usage, if it has one, admits TLS servers."""
    try:
        usage = extensions and extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage is not None and x509.ObjectIdentifier(SERVER_AUTH) in usage
