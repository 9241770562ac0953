"""The subject text that Key Vault reads, and the name that it makes of it.

Key Vault reads ``policy.x509_props.subject`` as .NET's ``X500DistinguishedName`` does on Windows
(``CertStrToName``), not as RFC 4514:

- ``,`` and ``;`` separate; one trailing separator is allowed, a leading or doubled one is not;
- keys are case-insensitive; ``S`` and ``ST`` are the same; a dotted OID may stand for a key;
- blanks around keys and values do not count; a value in double quotes is kept as it is, with
  ``""`` for one quote; there is no backslash escape;
- the CSR holds the parts in REVERSED order (observed: ``C=US, …, CN=x`` gives CN first in DER);
- a value is a PrintableString where its characters allow, else a UTF8String; E and DC are
  IA5String, C is always a PrintableString.

Two things are not known of the service and are refused here unless quoted, since a quoted value
means the same in every parser: ``+`` inside a value (CertStrToName makes a multi-valued part of
it) and ``#`` at its start (hexadecimal there). A quote inside an unquoted value is refused too.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from kvcsr_widgets.errors import SubjectError

MAX_LENGTH = 200
"""Characters that Key Vault takes in a subject (its FAQ; no recorded answer shows the error)."""

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
_DOTTED = re.compile(r"(?:OID\.)?([0-2](?:\.(?:0|[1-9][0-9]*))+)", re.IGNORECASE)
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")
_NEEDS_QUOTES = re.compile(r'[,+="\n<>#;]|^\s|\s$|^$')
_SEPARATORS = ",;"
_QUOTE_HINT = 'Put the value in double quotes, like O="Contoso, Inc.".'


@dataclass(frozen=True, slots=True)
class Attribute:
    """One part of a subject: a key of ``OIDS`` or a dotted OID, and its value."""

    key: str
    value: str

    @property
    def oid(self) -> x509.ObjectIdentifier:
        """What the key stands for."""
        return OIDS.get(self.key) or x509.ObjectIdentifier(self.key)

    @property
    def text(self) -> str:
        """``KEY=value`` with the quotes that the value needs."""
        key = self.key if self.key in OIDS else f"OID.{self.key}"
        value = self.value
        if _NEEDS_QUOTES.search(value):
            value = '"' + value.replace('"', '""') + '"'
        return f"{key}={value}"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject, its parts in the order of the text (the CSR has them reversed)."""

    attributes: tuple[Attribute, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Subject:
        """Read a subject as Key Vault does.

        Raises SubjectError, with the position, for a text that the vault answers with "Invalid
        X.500 distinguished name" or that is longer than ``MAX_LENGTH`` characters.
        """
        if len(text) > MAX_LENGTH:
            raise SubjectError(
                f"The subject has {len(text)} characters; Key Vault takes {MAX_LENGTH}.",
                position=MAX_LENGTH,
                hint="Leave out what the CA does not need: it often needs only CN.",
            )
        return cls(tuple(_Reader(text).attributes()))

    @classmethod
    def from_name(cls, name: x509.Name) -> Subject:
        """The subject that a certificate or CSR holds (a multi-valued part is taken apart)."""
        return cls(
            tuple(
                Attribute(_KEYS.get(part.oid.dotted_string, part.oid.dotted_string), _value(part))
                for rdn in reversed(name.rdns)
                for part in rdn
            )
        )

    @property
    def text(self) -> str:
        """The subject as text that ``parse`` reads back to the same value."""
        return ", ".join(attribute.text for attribute in self.attributes)

    @property
    def name(self) -> x509.Name:
        """The name as the vault puts it into the CSR: in reversed order."""
        return x509.Name([_encode(attribute) for attribute in reversed(self.attributes)])

    def values(self, key: str) -> tuple[str, ...]:
        """The values of one key, in the order of the text."""
        return tuple(part.value for part in self.attributes if part.key == key)


def name_text(name: x509.Name) -> str:
    """A certificate's name as .NET prints it: reversed, ``, `` between, ``S=`` for the state."""
    parts = (" + ".join(part.text for part in _rdn(rdn)) for rdn in reversed(name.rdns))
    return ", ".join(parts)


def _rdn(rdn: x509.RelativeDistinguishedName) -> tuple[Attribute, ...]:
    return Subject.from_name(x509.Name([rdn])).attributes


def _value(part: x509.NameAttribute[str | bytes]) -> str:
    return part.value if isinstance(part.value, str) else part.value.hex()


def _encode(attribute: Attribute) -> x509.NameAttribute[str]:
    if attribute.key in ("E", "DC"):
        kind = _ASN1Type.IA5String
    elif _PRINTABLE.fullmatch(attribute.value):
        kind = _ASN1Type.PrintableString
    else:
        kind = _ASN1Type.UTF8String
    with warnings.catch_warnings():  # lengths outside RFC 5280 Appendix A are the plan's business
        warnings.simplefilter("ignore")
        return x509.NameAttribute(attribute.oid, attribute.value, kind, _validate=False)


class _Reader:
    """One pass over a subject text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def attributes(self) -> list[Attribute]:
        found: list[Attribute] = []
        self.skip_blanks()
        while self.at < len(self.text):
            found.append(self.attribute())
            self.at += 1  # the separator
            self.skip_blanks()
        return found

    def attribute(self) -> Attribute:
        key = self.key()
        start = self.at
        value = self.quoted() if self.text[start : start + 1] == '"' else self.unquoted()
        _check(key, value, start)
        return Attribute(key, value)

    def key(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in "=" + _SEPARATORS:
            self.at += 1
        raw = self.text[start : self.at].strip()
        if self.text[self.at : self.at + 1] != "=":
            raise _no_equals_sign(raw, start)
        self.at += 1
        self.skip_blanks()
        return _key(raw, start)

    def quoted(self) -> str:
        opening = self.at
        value = ""
        while True:
            closing = self.text.find('"', self.at + 1)
            if closing < 0:
                raise SubjectError(
                    "A double quote is opened and never closed.",
                    position=opening,
                    hint='Close it, or write "" for a quote that belongs to the value.',
                )
            value += self.text[self.at + 1 : closing]
            self.at = closing + 1
            if self.text[self.at : self.at + 1] != '"':
                break
            value += '"'
        self.skip_blanks()
        if self.at < len(self.text) and self.text[self.at] not in _SEPARATORS:
            raise SubjectError(
                "There is text after the closing double quote.",
                position=self.at,
                hint='The quotes go around the whole value; write "" for a quote inside it.',
            )
        return value

    def unquoted(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _SEPARATORS:
            if self.text[self.at] in '+"' or (self.text[self.at] == "#" and self.at == start):
                raise SubjectError(
                    f"{self.text[self.at]} in a value needs double quotes around the value.",
                    position=self.at,
                    hint=_QUOTE_HINT,
                )
            self.at += 1
        return self.text[start : self.at].rstrip()

    def skip_blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1


def _no_equals_sign(raw: str, position: int) -> SubjectError:
    if not raw:
        return SubjectError(
            "There is a separator with nothing before it.",
            position=position,
            hint="Remove the extra comma or semicolon.",
        )
    return SubjectError(
        f"“{raw}” is no KEY=value.",
        position=position,
        hint=f"Write it like CN=www.contoso.com. If it belongs to the value before: {_QUOTE_HINT}",
    )


def _key(raw: str, position: int) -> str:
    upper = raw.upper()
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


def _check(key: str, value: str, position: int) -> None:
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
