"""CSRs as one file to hand over: ``NAME.csr`` in PEM, or several of them in a .zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.runbook.commands import steps

ZIP = "certificate-requests.zip"


@dataclass(frozen=True, slots=True)
class Csr:
    """A CSR and the request that it belongs to; ``vault`` is the host."""

    vault: str
    name: str
    csr: SigningRequest


@dataclass(frozen=True, slots=True)
class CsrFile:
    """A file that a browser saves; ``media`` is its type."""

    filename: str
    content: bytes
    media: str


def csr_file_name(found: Sequence[Csr]) -> str:
    """What the file of these CSRs is called, of which there is at least one."""
    return f"{steps.stem(found[0].name)}.csr" if len(found) == 1 else ZIP


def csr_file(found: Sequence[Csr]) -> CsrFile:
    """One file of these CSRs, of which there is at least one.

    In a .zip, those of several vaults lie in a folder for each. No name begins with a hyphen or
    is a device of Windows.
    """
    if len(found) == 1:
        return CsrFile(csr_file_name(found), found[0].csr.pem.encode(), "application/pkcs10")
    folders = len({each.vault for each in found}) > 1
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in found:
            folder = f"{each.vault}/" if folders else ""
            archive.writestr(f"{folder}{steps.stem(each.name)}.csr", each.csr.pem)
    return CsrFile(ZIP, packed.getvalue(), "application/zip")
