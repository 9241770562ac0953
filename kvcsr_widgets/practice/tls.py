"""The server's certificate, from a CA of the state's own whose key stays in the state."""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterable
from pathlib import Path

import trustme

from kvcsr_widgets.errors import PracticeError
from kvcsr_widgets.practice.store import Store

_NAME = "kvcsr practice vault, no CA to trust with anything else"
_CERTIFICATE = "server-ca-certificate"
_KEY = "server-ca-key"


def server_ca(store: Store) -> trustme.CA:
    """The CA in a state's shared store, made there at the first start."""
    with store.transaction():
        certificate, key = store.secret(_CERTIFICATE), store.secret(_KEY)
        if certificate is not None and key is not None:
            return trustme.CA.from_pem(certificate, key)
        made = trustme.CA(path_length=0, organization_name=_NAME, organization_unit_name="Server")
        store.set_secret(_CERTIFICATE, made.cert_pem.bytes())
        store.set_secret(_KEY, made.private_key_pem.bytes())
        return made


def ca_file(state: Path) -> Path:
    """Where the CA's certificate lies: in a folder of vaults, or beside the file of one."""
    return state / "ca.pem" if state.is_dir() else state.with_name(f"{state.name}.ca.pem")


def write_ca(path: Path, ca: trustme.CA) -> None:
    """Write the CA's certificate where clients find it. Raises PracticeError if that fails."""
    pem = ca.cert_pem.bytes()
    try:
        if not path.is_symlink() and path.is_file() and path.read_bytes() == pem:
            return
        file, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # of mode 0600
        with os.fdopen(file, "wb") as opened:
            opened.write(pem)
        Path(beside).replace(path)
    except OSError as error:
        raise PracticeError(
            f"The certificate of the server's CA cannot be written to {path}: {error.strerror}.",
            hint="Clients need it to trust the server. Name a state in another folder.",
        ) from error


def context(ca: trustme.CA, names: Iterable[str]) -> ssl.SSLContext:
    """TLS 1.2 or newer with a fresh certificate for these host names and addresses.

    Its key is on the disk only while ssl reads it, in a temporary file of mode 0600.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    ca.issue_cert(*dict.fromkeys(names)).configure_cert(made)
    return made
