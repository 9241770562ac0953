"""Import: a certificate with its key, as PKCS #12 or PEM, becomes a version.

What the certificate says of itself goes into the policy: subject as .NET prints it, names, key
usages, and the months of its validity rounded up (recorded).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_pem_private_key,
)

from kvcsr_widgets.pki.facts import UNREADABLE, key_usages, spki
from kvcsr_widgets.pki.files import pfx
from kvcsr_widgets.pki.signed import MAX_CERTIFICATES
from kvcsr_widgets.pki.subject import name_text
from kvcsr_widgets.practice import fields, issuing, policy, refusals, sans
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.order import chain_pem, to_pem
from kvcsr_widgets.practice.policy import CONTENT_TYPES, CURVES, RSA_SIZES
from kvcsr_widgets.practice.renewal import months_between
from kvcsr_widgets.practice.rows import Certificate, Version
from kvcsr_widgets.practice.shelf import Shelf

MAX_PASSWORD = 200
"""Characters of a PFX's password (faq.yml)."""

_KEY = re.compile(r"-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----[^-]*-----END \1-----")
_EC_SIZES = tuple(sorted(set(CURVES.values())))

T = TypeVar("T")


@dataclass(frozen=True)
class Content:
    """What a file held: the key, the certificate over it, and all certificates in their order."""

    key: issuing.Key
    leaf: x509.Certificate
    certificates: list[x509.Certificate]

    def __repr__(self) -> str:
        return f"Content({len(self.certificates)} certificates)"


class Imports:
    """Imports into a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.store = shelf.store

    def put(self, name: str, body: Json) -> Version:
        """A new version from the file in the body; a finished request is forgotten."""
        self.shelf.refuse_taken(name)
        content = _content(body)
        if content.leaf.not_valid_after_utc.timestamp() <= self.shelf.now:
            raise refusals.already_expired()
        _check_key(content)
        wanted = policy.of_import(
            body.get("policy"), _x509_props(content.leaf), issuing.describe(content.key)
        )
        self.shelf.require_issuer(wanted)
        preserve, enabled = fields.preserve_order(body), fields.enabled(body)
        kept = to_pem(content.certificates)
        if not preserve:
            kept = chain_pem(content.leaf, content.certificates, reverse=False)
        tags = fields.tags(body)
        with self.store.transaction():
            known, now = self.shelf.refuse_taken(name), self.shelf.now
            if known is not None:
                name = known.name
            created = now if known is None else known.policy_created
            self.store.put(Certificate(name, json.dumps(wanted), created, now))
            self.store.drop_operation(name)
            self.store.drop_placeholders(name)
            version = Version(
                id=uuid.uuid4().hex,
                name=name,
                issued=True,
                key=issuing.key_der(content.key),
                cer=content.leaf.public_bytes(Encoding.DER),
                chain=kept,
                enabled=enabled is not False,
                nbf=int(content.leaf.not_valid_before_utc.timestamp()),
                exp=int(content.leaf.not_valid_after_utc.timestamp()),
                created=now,
                updated=now,
                tags=tags,
                policy=json.dumps(wanted),
                preserve_order=preserve,
            )
            self.shelf.put_newest(version)
        return version


def _content(body: Json) -> Content:
    value, password = body.get("value"), fields.text(body, "pwd", limit=MAX_PASSWORD)
    if not isinstance(value, str) or not value:
        raise refusals.invalid_property("value")
    given = body.get("policy")
    secret = given.get("secret_props") if isinstance(given, dict) else None
    kind = secret.get("contentType") if isinstance(secret, dict) else None
    key, certificates = _pem(value) if kind == CONTENT_TYPES[1] else _pfx(value, password)
    if len(certificates) > MAX_CERTIFICATES:
        raise refusals.invalid_content()
    try:
        public = spki(key.public_key())
        leaf = next((c for c in certificates if spki(c.public_key()) == public), None)
        for each in certificates:  # cryptography decodes these only when they are asked for
            _ = (each.subject, each.issuer, each.not_valid_before_utc, each.not_valid_after_utc)
    except UNREADABLE as error:
        raise refusals.invalid_content() from error
    if leaf is None:
        raise refusals.invalid_content()
    return Content(key, leaf, certificates)


def _pfx(value: str, password: str | None) -> tuple[issuing.Key, list[x509.Certificate]]:
    try:
        data = fields.from_base64(value)
        found = pfx.load(data, password.encode() if password else None)
    except UNREADABLE as error:
        raise refusals.unreadable_pfx() from error
    bags = [found.cert, *found.additional_certs]
    return _supported(found.key), [bag.certificate for bag in bags if bag is not None]


def _pem(value: str) -> tuple[issuing.Key, list[x509.Certificate]]:
    text = value if "-----BEGIN" in value else _decoded(value)
    if len(text) > pfx.MAX_FILE:
        raise refusals.unreadable_pem()
    keys = list(_KEY.finditer(text))
    if len(keys) != 1 or keys[0][1] != "PRIVATE KEY":
        raise refusals.unexpected_pem()
    try:
        key = load_pem_private_key(keys[0][0].encode(), None)
        certificates = x509.load_pem_x509_certificates(text.encode())
    except UNREADABLE as error:
        raise refusals.unreadable_pem() from error
    return _supported(key), certificates


def _decoded(value: str) -> str:
    try:
        text = fields.from_base64(value).decode("utf-8")
    except ValueError as error:
        raise refusals.unreadable_pem() from error
    if "-----BEGIN" not in text:
        raise refusals.unreadable_pem()
    return text


def _supported(key: object) -> issuing.Key:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise refusals.invalid_content()
    return key


def _check_key(content: Content) -> None:
    """The sizes, and two oddities of the service: see the refusals."""
    key = content.key
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size not in RSA_SIZES:
            raise refusals.key_size(key.key_size, RSA_SIZES)
        if any(_is_ec(certificate) for certificate in content.certificates):
            raise refusals.key_size(key.key_size, _EC_SIZES)
        return
    if "crv" not in issuing.describe(key):
        raise refusals.key_size(key.key_size, _EC_SIZES)
    usages = _extensions(content.leaf, key_usages)
    wrong = ["encrypt", "decrypt"] if "dataEncipherment" in usages else []
    wrong += ["wrapKey", "unwrapKey"] if "keyEncipherment" in usages else []
    if wrong:
        raise refusals.key_operations(wrong)


def _is_ec(certificate: x509.Certificate) -> bool:
    try:
        return isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    except UNREADABLE:
        return False


def _x509_props(leaf: x509.Certificate) -> Json:
    """The ``x509_props`` that a certificate has."""
    names = _extensions(leaf, lambda _found: sans.of_certificate(leaf))
    return {
        "subject": name_text(leaf.subject),
        **({"sans": names} if names else {}),
        "ekus": _extensions(leaf, _ekus),
        "key_usage": list(_extensions(leaf, key_usages)),
        "validity_months": months_between(leaf.not_valid_before_utc, leaf.not_valid_after_utc),
        "basic_constraints": {"ca": _extensions(leaf, _is_ca)},
    }


def _extensions(leaf: x509.Certificate, reader: Callable[[x509.Extensions], T]) -> T:
    try:
        return reader(leaf.extensions)
    except UNREADABLE as error:
        raise refusals.invalid_content() from error


def _ekus(extensions: x509.Extensions) -> list[str]:
    try:
        found = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return []
    return [oid.dotted_string for oid in found]


def _is_ca(extensions: x509.Extensions) -> bool:
    try:
        return extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
