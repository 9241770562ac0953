"""Backup and restore: a certificate with all its versions and keys in one encrypted blob.

The blob begins as the service's does and goes on with a JSON Web Encryption (RFC 7516, ``dir`` and
``A256GCM``) under a key of the state, so that any vault of the same file or folder restores it.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kvcsr_widgets.practice import fields, refusals
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.rows import Certificate, Version
from kvcsr_widgets.practice.shelf import Shelf
from kvcsr_widgets.practice.store import Store

MAX_BLOB = 2_000_000
"""Characters; what is larger could not be sent back in a request."""

PREFIX = b"&AzureKeyVaultKeyBackupV1.microsoft.com"
_HEADER = {"alg": "dir", "enc": "A256GCM"}
_KEY = "backup-key"
_BLOBS = ("key", "cer", "chain")


def backup_key(store: Store) -> bytes:
    """The key of a state, made when it is first asked for."""
    with store.transaction():
        key = store.secret(_KEY)
        if key is None:
            key = secrets.token_bytes(32)
            store.set_secret(_KEY, key)
    return key


class Backups:
    """Backs up from a shelf and restores to it."""

    def __init__(self, shelf: Shelf, key: bytes) -> None:
        self.shelf = shelf
        self.store = shelf.store
        self._cipher = AESGCM(key)

    def backup(self, name: str) -> str:
        """The blob of a certificate that has been issued."""
        with self.store.transaction():
            certificate = self.shelf.certificate(name)
            versions = self.store.versions(name)
            newest = self.store.newest(name)
        if not versions or newest is None:
            raise refusals.no_certificate(name)
        versions = [each for each in versions if each.id != newest.id] + [newest]
        content: Json = {
            "certificate": asdict(certificate),
            "versions": [_written(version) for version in versions],
        }
        blob = _base64url(PREFIX + self._encrypt(json.dumps(content).encode()))
        if len(blob) > MAX_BLOB:
            raise refusals.bad_parameter("The certificate has too many versions for a backup.")
        return blob

    def restore(self, body: Json) -> Version:
        """Bring a certificate back from a blob, with the same version ids and no request."""
        content = self._decrypt(fields.text(body, "value", limit=MAX_BLOB) or "")
        certificate = replace(Certificate(**content["certificate"]), settles_at=0)
        versions = [_read(version) for version in content["versions"]]
        with self.store.transaction():
            known = self.shelf.refuse_taken(certificate.name)
            if known is not None:
                raise refusals.name_taken(known.name)
            self.store.put(certificate)
            for version in versions:
                if self.store.has_version(version.id):
                    raise refusals.name_taken(f"{version.name}/{version.id}")
                self.shelf.put_newest(version)
        return versions[-1]

    def _encrypt(self, content: bytes) -> bytes:
        header = _base64url(json.dumps(_HEADER, separators=(",", ":")).encode())
        nonce = secrets.token_bytes(12)
        sealed = self._cipher.encrypt(nonce, content, header.encode())
        parts = (header, "", _base64url(nonce), _base64url(sealed[:-16]), _base64url(sealed[-16:]))
        return ".".join(parts).encode()

    def _decrypt(self, blob: str) -> Json:
        try:
            data = _from_base64url(blob)
            header, _key, *parts = data.removeprefix(PREFIX).split(b".")
            nonce, sealed, tag = (_from_base64url(part.decode("ascii")) for part in parts)
            content: Json = json.loads(self._cipher.decrypt(nonce, sealed + tag, header))
        except (ValueError, InvalidTag) as error:
            raise refusals.bad_parameter(
                "The backup blob is not one of this practice vault, or was changed."
            ) from error
        return content


def _written(version: Version) -> Json:
    """A version as JSON; its three members of bytes are base64."""
    texts = {name: base64.b64encode(getattr(version, name)).decode() for name in _BLOBS}
    return asdict(version) | texts


def _read(written: Json) -> Version:
    return Version(**written | {name: base64.b64decode(written[name]) for name in _BLOBS})


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_base64url(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
