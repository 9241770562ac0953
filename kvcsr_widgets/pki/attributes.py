"""One part of a subject: its key, its value, and how both are written and encoded."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from kvcsr_widgets.errors import SubjectError

OIDS: dict[str, x509.ObjectIdentifier] = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "L": NameOID.LOCALITY_NAME,
    "S": NameOID.STATE_OR_PROVINCE_NAME,
    "C": NameOID.COUNTRY_NAME,
    "DC": NameOID.DOMAIN_COMPONENT,
    "E": NameOID.EMAIL_ADDRESS,
    "STREET": NameOID.STREET_ADDRESS,
    "SERIALNUMBER": NameOID.SERIAL_NUMBER,
    "T": NameOID.TITLE,
    "G": NameOID.GIVEN_NAME,
    "SN": NameOID.SURNAME,
    "I": NameOID.INITIALS,
}
"""The keys as .NET prints them, and what they stand for."""

_SYNONYMS = {"ST": "S", "EMAIL": "E", "TITLE": "T", "GIVENNAME": "G", "INITIALS": "I"}
_KEYS = {oid.dotted_string: key for key, oid in OIDS.items()}
_DOTTED = re.compile(r"(?:[Oo][Ii][Dd]\.)?([0-2](?:\.(?:0|[1-9][0-9]*))+)")
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")
_NEEDS_QUOTES = re.compile(r'[,+="\n<>#;]|^\s|\s$|^$')

LONG_NAMES: dict[str, str] = {
    "CN": "common name",
    "O": "organization",
    "OU": "organizational unit",
    "L": "locality",
    "S": "state or province",
    "C": "country",
    "DC": "domain component",
    "E": "e-mail address",
    "STREET": "street address",
    "SERIALNUMBER": "serial number",
    "T": "title",
    "G": "given name",
    "SN": "surname",
    "I": "initials",
    "2.5.4.15": "business category",
    "2.5.4.17": "postal code",
    "2.5.4.97": "organization identifier",
    "0.9.2342.19200300.100.1.1": "user ID",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdiction country",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdiction state",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdiction locality",
}
"""What a form offers: Key Vault's keys, and the OIDs that EV certificates and directories need."""

FOREIGN: dict[str, str] = {
    "commonname": "CN",
    "organizationname": "O",
    "organizationalunitname": "OU",
    "localityname": "L",
    "stateorprovincename": "S",
    "countryname": "C",
    "domaincomponent": "DC",
    "emailaddress": "E",
    "streetaddress": "STREET",
    "gn": "G",
    "surname": "SN",
    "uid": "0.9.2342.19200300.100.1.1",
    "userid": "0.9.2342.19200300.100.1.1",
    "mail": "0.9.2342.19200300.100.1.3",
    "description": "2.5.4.13",
    "businesscategory": "2.5.4.15",
    "postalcode": "2.5.4.17",
    "postofficebox": "2.5.4.18",
    "telephonenumber": "2.5.4.20",
    "name": "2.5.4.41",
    "generationqualifier": "2.5.4.44",
    "dnqualifier": "2.5.4.46",
    "pseudonym": "2.5.4.65",
    "organizationidentifier": "2.5.4.97",
    "unstructuredname": "1.2.840.113549.1.9.2",
    "unstructuredaddress": "1.2.840.113549.1.9.8",
    "jurisdictionc": "1.3.6.1.4.1.311.60.2.1.3",
    "jurisdictioncountryname": "1.3.6.1.4.1.311.60.2.1.3",
    "jurisdictionst": "1.3.6.1.4.1.311.60.2.1.2",
    "jurisdictionstateorprovincename": "1.3.6.1.4.1.311.60.2.1.2",
    "jurisdictionl": "1.3.6.1.4.1.311.60.2.1.1",
    "jurisdictionlocalityname": "1.3.6.1.4.1.311.60.2.1.1",
}
"""Names in lower case that Key Vault does not know, from RFC 4519 and OpenSSL's list of objects."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One part of a subject: a key of ``OIDS`` or a dotted OID, and its value."""

    key: str
    value: str

    @classmethod
    def of(cls, key: str, value: str, position: int = 0) -> Attribute:
        """The part of this key, in any spelling that ``parse`` takes, and this value.

        Raises SubjectError for what Key Vault cannot read; ``position`` is where the part stands.
        """
        known = known_key(key.strip(), position)
        check_value(known, value, position + len(known) + 1)
        return cls(known, value)

    @property
    def oid(self) -> x509.ObjectIdentifier:
        """What the key stands for."""
        return OIDS.get(self.key) or x509.ObjectIdentifier(self.key)

    @property
    def text(self) -> str:
        """``KEY=value`` with the quotes that the value needs."""
        key = self.key if self.key in OIDS else f"OID.{self.key}"
        return f"{key}={quoted(self.value)}"

    @property
    def encoded(self) -> x509.NameAttribute[str]:
        """The part as the vault puts it into the CSR."""
        if self.key in ("E", "DC"):
            kind = _ASN1Type.IA5String
        elif _PRINTABLE.fullmatch(self.value):
            kind = _ASN1Type.PrintableString
        else:
            kind = _ASN1Type.UTF8String
        with warnings.catch_warnings():  # lengths outside RFC 5280 are the plan's business
            warnings.simplefilter("ignore")
            return x509.NameAttribute(self.oid, self.value, kind, _validate=False)


def key_of(oid: x509.ObjectIdentifier) -> str:
    """The key of ``OIDS`` for an OID, or the OID with dots."""
    return _KEYS.get(oid.dotted_string, oid.dotted_string)


def quoted(value: str) -> str:
    """The value in double quotes where it needs them."""
    return '"' + value.replace('"', '""') + '"' if _NEEDS_QUOTES.search(value) else value


def known_key(raw: str, position: int) -> str:
    """The key of ``OIDS`` or the dotted OID that a spelling stands for. Raises SubjectError."""
    upper = raw.upper() if raw.isascii() else raw  # U+017F is an S only to str.upper()
    key = _SYNONYMS.get(upper, upper)
    if key in OIDS:
        return key
    dotted = _DOTTED.fullmatch(raw)
    if dotted and _is_oid(dotted[1]):
        return _KEYS.get(dotted[1], dotted[1])
    hint = "Write E= for an e-mail address." if upper == "EMAILADDRESS" else ""
    raise SubjectError(
        f"Key Vault does not know the key “{raw}”.",
        position=position,
        hint=hint or f"It knows {', '.join(OIDS)} and dotted OIDs.",
    )


def _is_oid(dotted: str) -> bool:
    try:
        x509.ObjectIdentifier(dotted)
    except ValueError:
        return False
    return True


def check_value(key: str, value: str, position: int) -> None:
    """Raise SubjectError for a value that this key cannot have."""
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise SubjectError(
            "The value holds half a character (a lone surrogate).", position=position
        )
    if key in ("E", "DC") and not value.isascii():
        raise SubjectError(
            f"{key} takes ASCII characters only.",
            position=position,
            hint="Write a domain in its xn-- form.",
        )
    if key == "C" and not _PRINTABLE.fullmatch(value):
        raise SubjectError(
            "C takes the two letters of a country, such as US or DE.", position=position
        )
