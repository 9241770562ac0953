"""What to think of before a request is sent: nothing here stands against sending it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kvcsr_widgets.errors import Problem, SubjectError
from kvcsr_widgets.pki import lifetimes
from kvcsr_widgets.pki.names_advice import names_advice
from kvcsr_widgets.pki.plan import (
    CLIENT_AUTH,
    SELF,
    SERVER_AUTH,
    Action,
    CertificatePlan,
    KeyChoice,
)
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.pki.subject_advice import subject_advice

DOMAIN, ORGANIZATION = "DV", "OV"
"""What a public CA looks into: the domain alone, or the organization too."""

PRIVATE = "private"
"""No public TLS CA: one of one's own, or a certificate that is for no server."""


def advice(plan: CertificatePlan, today: date, *, validation: str = "") -> tuple[Problem, ...]:
    """What to think of in this plan, field by field.

    ``validation`` is ``DOMAIN`` or ``ORGANIZATION`` for a certificate of a public TLS CA,
    ``PRIVATE`` for one of another, empty where that is not known.
    """
    public = validation in (DOMAIN, ORGANIZATION)
    return (
        *_issuer(plan),
        *_subject(plan, validation),
        *_names(plan, validation),
        *([] if validation == PRIVATE else _validity(plan, today, public=public)),
        *_key(plan),
        *_usages(plan, public=public),
        *_lifetime(plan),
        *_options(plan),
    )


def _issuer(plan: CertificatePlan) -> Iterator[Problem]:
    if plan.issuer.lower() == SELF.lower():
        yield Problem(
            "issuer",
            "The vault signs this certificate with its own key: nobody trusts it, and there is no "
            "CSR to send.",
            "Choose a CA outside the vault (Unknown) if a CA shall sign it.",
        )
    own = plan.by_hand or plan.issuer.lower() == SELF.lower()
    if own and (plan.certificate_type or plan.transparency is not None):
        yield Problem(
            "certificate_type",
            f"Issuer {plan.issuer} does not look at certificate type and transparency.",
            "They are for DigiCert and GlobalSign.",
        )


def _subject(plan: CertificatePlan, validation: str) -> Iterator[Problem]:
    """The article: a CA might reject a domain-validated request that says more than the domain."""
    subject = _parsed(plan.subject)
    yield from subject_advice(subject, plan.names, plan.expected_ekus)
    asked = validation or plan.certificate_type[:2].upper()
    if asked not in ("", DOMAIN) or SERVER_AUTH not in plan.expected_ekus:
        return
    if plan.issuer.lower() == SELF.lower():
        return
    keys = [part.key for part in subject.attributes if part.key != "CN"]
    if keys:
        extra = ", ".join(dict.fromkeys(keys))
        yield Problem(
            "subject",
            f"For a domain-validated (DV) certificate, a CA may refuse {extra}.",
            "Ask for CN alone, or for an organization-validated (OV) certificate.",
        )


def _names(plan: CertificatePlan, validation: str) -> Iterator[Problem]:
    """Clients compare names with the SAN alone (RFC 9525 section 2)."""
    if SERVER_AUTH not in plan.expected_ekus:
        return
    if validation != PRIVATE and plan.issuer.lower() != SELF.lower():
        yield from names_advice(plan.names)
    if plan.subject and not plan.names:
        yield Problem(
            "names",
            "A server's certificate without names fits no host for today's clients.",
            "Add every host name that clients use.",
        )


def _validity(plan: CertificatePlan, today: date, *, public: bool) -> Iterator[Problem]:
    days, limit = lifetimes.asked_days(plan.validity_months, today), lifetimes.public_limit(today)
    if SERVER_AUTH not in plan.expected_ekus or plan.issuer.lower() == SELF.lower():
        return
    if days > limit:
        yield Problem(
            "validity_months",
            f"{plan.validity_months} months are {days} days. A public CA may issue "
            f"{lifetimes.limits_in_words(today)}.",
            f"Ask for {lifetimes.most_months(today)} months or fewer"
            + ("." if public else ", unless a CA of your own signs it."),
        )


def _key(plan: CertificatePlan) -> Iterator[Problem]:
    if plan.key is KeyChoice.EC_P256K:
        yield Problem(
            "key", "Public CAs and browsers do not take the curve P-256K.", "Choose P-256."
        )
    if not plan.exportable and not plan.hsm:
        yield Problem(
            "exportable",
            "What reads the private key as a secret (App Service, Application Gateway, virtual "
            "machines) cannot use this certificate.",
        )
    if plan.reuse_key:
        yield Problem(
            "reuse_key",
            "A new version keeps the key, and a CA may refuse its CSR: “The CSR used to get your "
            "certificate has already been used.”",
            "Leave it off, so that each version has a key of its own.",
        )


def _usages(plan: CertificatePlan, *, public: bool) -> Iterator[Problem]:
    usages = {usage.lower() for usage in plan.expected_key_usage}
    if plan.key.kind == "EC" and "keyencipherment" in usages:
        yield Problem(
            "key_usage",
            "An EC key cannot encipher keys, and a CA may refuse to say that it can (RFC 8813).",
            "Choose what suits the key.",
        )
    if "keycertsign" in usages:
        yield Problem(
            "key_usage", "keyCertSign is for CAs; the CSR says that this certificate is none."
        )
    if public and {SERVER_AUTH, CLIENT_AUTH} <= set(plan.expected_ekus):
        yield Problem(
            "ekus",
            "Public CAs stop giving client authentication to servers' certificates.",
            "Ask for server authentication alone, and for clients at a CA of your own.",
        )
    if plan.ekus == ():
        yield Problem(
            "ekus", "Without an extended key usage, many clients take the certificate for nothing."
        )


def _lifetime(plan: CertificatePlan) -> Iterator[Problem]:
    action = plan.lifetime_action
    if action is not None and action.action is Action.RENEW and plan.by_hand:
        yield Problem(
            "lifetime_action",
            "The vault cannot renew what a CA outside signs: nothing will happen.",
            "Choose the e-mail, and set the vault's contacts.",
        )


def _options(plan: CertificatePlan) -> Iterator[Problem]:
    if not plan.enabled:
        yield Problem("enabled", "The certificate will be disabled even after the merge.")


def _parsed(text: str) -> Subject:
    try:
        return Subject.parse(text)
    except SubjectError:
        return Subject()
