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

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki.attributes import Attribute, check_value, key_of, known_key, quoted
from kvcsr_widgets.pki.facts import shown

MAX_LENGTH = 200
"""Characters that Key Vault takes in a subject (its FAQ; no recorded answer shows the error)."""

_SHORT = (
    NameOID.COMMON_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.ORGANIZATION_NAME,
)
_SEPARATORS = ",;"
_QUOTE_HINT = 'Put the value in double quotes, like O="Contoso, Inc.".'


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
        _check_length(text)
        return cls(tuple(_Reader(text).attributes()))

    @classmethod
    def of(cls, parts: Iterable[tuple[str, str]]) -> Subject:
        """The subject of these keys and values, in the order of the text.

        Raises SubjectError for parts that no text can say to Key Vault, with the position that the
        part has in the text.
        """
        attributes: list[Attribute] = []
        position = 0
        for key, value in parts:
            attributes.append(Attribute.of(key, value, position))
            position += len(attributes[-1].text) + len(", ")
        subject = cls(tuple(attributes))
        _check_length(subject.text)
        return subject

    @classmethod
    def from_name(cls, name: x509.Name) -> Subject:
        """The subject that a certificate or CSR holds (a multi-valued part is taken apart)."""
        return cls(
            tuple(
                Attribute(key_of(part.oid), _value(part))
                for rdn in reversed(name.rdns)
                for part in rdn
            )
        )

    @property
    def text(self) -> str:
        """The subject as text that ``parse`` reads back to the same value."""
        return _joined([attribute.text for attribute in self.attributes])

    @property
    def name(self) -> x509.Name:
        """The name as the vault puts it into the CSR: in reversed order."""
        return x509.Name([attribute.encoded for attribute in reversed(self.attributes)])

    def values(self, key: str) -> tuple[str, ...]:
        """The values of one key, in the order of the text."""
        return tuple(part.value for part in self.attributes if part.key == key)


def compose(parts: Iterable[tuple[str, str]]) -> str:
    """The text of keys and values as they are typed, with quotes where they are needed.

    A part that Key Vault cannot read is written as it is, for ``parse`` to say what is wrong.
    """
    return _joined([_part_text(key, value) for key, value in parts])


def name_text(name: x509.Name) -> str:
    """A certificate's name as .NET prints it: reversed, ``, `` between, ``S=`` for the state."""
    parts = (" + ".join(part.text for part in _rdn(rdn)) for rdn in reversed(name.rdns))
    return ", ".join(parts)


def short_name(name: x509.Name, *, limit: int = 60) -> str:
    """A name for a picture: its common name, else its last unit or organization, else all of it.

    On one line, with what does not print escaped, and at most ``limit`` characters.
    """
    parts = [part for oid in _SHORT for part in name.get_attributes_for_oid(oid)[-1:]]
    text = shown(_value(parts[0]) if parts else name_text(name)).strip()
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _part_text(key: str, value: str) -> str:
    try:
        return Attribute.of(key, value).text
    except SubjectError:
        return f"{key.strip()}={quoted(value)}"


def _joined(texts: list[str]) -> str:
    text = ", ".join(texts)
    return text if len(text) <= MAX_LENGTH else ",".join(texts)  # blanks count


def _rdn(rdn: x509.RelativeDistinguishedName) -> tuple[Attribute, ...]:
    return Subject.from_name(x509.Name([rdn])).attributes


def _value(part: x509.NameAttribute[str | bytes]) -> str:
    return part.value if isinstance(part.value, str) else part.value.hex()


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
        check_value(key, value, start)
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
        return known_key(raw, start)

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


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise SubjectError(
            f"The subject has {len(text)} characters; Key Vault takes {MAX_LENGTH}.",
            position=MAX_LENGTH,
            hint="Leave out what the CA does not need: it often needs only CN.",
        )
