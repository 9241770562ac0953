"""Mistakes in whom the certificate is for: whose key, which subject, which names."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID, NameOID

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.altnames import cn_hosts
from kvcsr_widgets.practice.hierarchy import Draft
from kvcsr_widgets.practice.mistakes.mistake import (
    Certificates,
    Job,
    Mistake,
    in_a_file,
    no_occasion,
)

_COUNTRIES = (NameOID.COUNTRY_NAME, NameOID.JURISDICTION_COUNTRY_NAME)
_ADDABLE = (NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.STREET_ADDRESS, NameOID.BUSINESS_CATEGORY)
_CHANGED_HOST = "changed-by-the-ca.example"
_UTF8_STRING = 0x0C


def other_key(job: Job) -> Certificates:
    """Over the key of another request that waits, or of one that nobody has."""
    key = job.other or ec.generate_private_key(ec.SECP256R1()).public_key()
    return job.chain(replace(job.draft, key=key))


def two_fit(job: Job) -> Certificates:
    """Two certificates over the key, as when one was issued before and comes along."""
    return *job.chain(job.draft), job.leaf


def subject_dropped(job: Job) -> Certificates:
    """Without the last part that is no common name, or without the only one."""
    rdns = job.csr.subject.rdns
    spare = [rdn for rdn in rdns if not rdn.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if not rdns:
        raise no_occasion("no subject")
    dropped = (spare or rdns)[-1]
    return job.chain(replace(job.draft, subject=x509.Name(r for r in rdns if r is not dropped)))


def subject_changed(job: Job) -> Certificates:
    """With another value in the last part, a country only where there is nothing else."""
    rdns = job.csr.subject.rdns
    texts = [rdn for rdn in rdns if all(isinstance(each.value, str) for each in rdn)]
    texts.sort(key=lambda rdn: next(iter(rdn)).oid not in _COUNTRIES)
    if not texts:
        raise no_occasion("no subject")
    changed = x509.RelativeDistinguishedName([_changed(each) for each in texts[-1]])
    subject = x509.Name(changed if rdn is texts[-1] else rdn for rdn in rdns)
    return job.chain(replace(job.draft, subject=subject))


def _changed(attribute: x509.NameAttribute[str | bytes]) -> x509.NameAttribute[str | bytes]:
    if attribute.oid in _COUNTRIES:
        return x509.NameAttribute(attribute.oid, "FR" if attribute.value == "DE" else "DE")
    return x509.NameAttribute(attribute.oid, _CHANGED_HOST)


def subject_added(job: Job) -> Certificates:
    """With a part that was not asked for."""
    subject = job.csr.subject
    oid = next((o for o in _ADDABLE if not subject.get_attributes_for_oid(o)), _ADDABLE[0])
    added = x509.RelativeDistinguishedName([x509.NameAttribute(oid, "Added by the practice CA")])
    return job.chain(replace(job.draft, subject=x509.Name([*subject.rdns, added])))


def names_dropped(job: Job) -> Certificates:
    """Without the last of the names."""
    names = _names(job)
    if not names:
        raise no_occasion("no names")
    return job.chain(_having_names(job.draft, names[:-1]))


def names_changed(job: Job) -> Certificates:
    """With another name of the same kind in the place of the last."""
    names = _names(job)
    if not names:
        raise no_occasion("no names")
    return job.chain(_having_names(job.draft, [*names[:-1], _other_name(names[-1])]))


def names_added(job: Job) -> Certificates:
    """With ``www.`` before the first DNS name, as some CAs do unasked."""
    names = _names(job)
    hosts = (each.value for each in names if isinstance(each, x509.DNSName))
    added = (x509.DNSName(f"www.{host}") for host in hosts if not host.startswith("*."))
    new = next((name for name in added if name not in names), x509.DNSName(_CHANGED_HOST))
    return job.chain(_having_names(job.draft, [*names, new]))


def _names(job: Job) -> list[x509.GeneralName]:
    """The alternative names that are asked for, or the host names of the CN in their place."""
    try:
        return list(job.csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return [x509.DNSName(host) for host in cn_hosts(job.csr.subject, job.csr.extensions)]


def _having_names(draft: Draft, names: Sequence[x509.GeneralName]) -> Draft:
    if not names:
        return draft.lacking(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    return draft.having(x509.SubjectAlternativeName(names))


def _other_name(name: x509.GeneralName) -> x509.GeneralName:
    mail = f"changed@{_CHANGED_HOST}"
    if isinstance(name, x509.RFC822Name):
        return x509.RFC822Name(mail)
    if isinstance(name, x509.UniformResourceIdentifier):
        return x509.UniformResourceIdentifier(f"https://{_CHANGED_HOST}/")
    if isinstance(name, x509.IPAddress):
        return x509.IPAddress(ipaddress.ip_address("192.0.2.1"))
    if isinstance(name, x509.OtherName):
        return x509.OtherName(name.type_id, bytes((_UTF8_STRING, len(mail))) + mail.encode())
    return x509.DNSName(_CHANGED_HOST)


def self_signed(job: Job) -> Certificates:
    """Signed with the request's own key, which is in the practice vault alone."""
    if job.own_key is None:
        raise InputError(
            "Only a request of this practice vault can be signed with its own key.",
            hint="Create it in the vault that this practice CA belongs to.",
        )
    return (replace(job.draft, subject=job.csr.subject).self_signed(job.own_key),)


def unreadable(job: Job) -> Certificates:
    """With names that are encoded as nothing that a program can read."""
    broken = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x7fbroken")
    return job.chain(job.draft.having(broken))


MISTAKES: dict[str, Mistake] = {
    "wrong-key": Mistake(
        "Key: signed for another request",
        "The certificate is over the key of another request, as when two replies are mixed up.",
        ("key-differs",),
        in_a_file(other_key),
    ),
    "two-fit": Mistake(
        "Key: two certificates over it",
        "The CA signed the request twice and sent both certificates.",
        ("several-fit",),
        in_a_file(two_fit),
    ),
    "self-signed": Mistake(
        "Key: signed with its own key, by no CA",
        "The certificate vouches for itself, as the vault's issuer Self makes it.",
        ("self-signed-reply",),
        in_a_file(self_signed),
    ),
    "subject-dropped": Mistake(
        "Subject: a part left out",
        "The CA left out a part of the subject, as public CAs do with an OU.",
        ("subject-dropped",),
        in_a_file(subject_dropped),
    ),
    "subject-changed": Mistake(
        "Subject: a part changed",
        "The CA put another value into a part of the subject.",
        ("subject-changed",),
        in_a_file(subject_changed),
    ),
    "subject-added": Mistake(
        "Subject: a part added",
        "The CA added a part to the subject that nobody asked for.",
        ("subject-added",),
        in_a_file(subject_added),
    ),
    "names-dropped": Mistake(
        "Names: one left out",
        "The CA left out a subject alternative name.",
        ("names-dropped",),
        in_a_file(names_dropped),
    ),
    "names-changed": Mistake(
        "Names: one changed",
        "The CA put another name into the place of one that was asked for.",
        ("names-changed",),
        in_a_file(names_changed),
    ),
    "names-added": Mistake(
        "Names: one added",
        "The CA added a name, as many add www. to a domain.",
        ("names-added",),
        in_a_file(names_added),
    ),
    "names-unreadable": Mistake(
        "Names: encoded as nonsense",
        "The extension with the names is damaged.",
        ("unreadable-certificate",),
        in_a_file(unreadable),
    ),
}
