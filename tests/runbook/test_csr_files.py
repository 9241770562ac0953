"""CSRs as a file: one alone, several in a .zip whose names every system takes."""

from __future__ import annotations

import io
import zipfile

from kvcsr_widgets.runbook.csr_files import Csr, CsrFile, csr_file
from tests import certificates

HERE, THERE = "contoso.vault.azure.net", "contoso.vault.azure.cn"


def asked(name: str, *, vault: str = HERE) -> Csr:
    return Csr(vault, name, certificates.csr(owner=name))


def unpacked(file: CsrFile) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_one_is_a_pem_file_of_its_name() -> None:
    found = asked("web")

    assert csr_file([found]) == CsrFile("web.csr", found.csr.pem.encode(), "application/pkcs10")


def test_several_are_packed_each_whole() -> None:
    web, api = asked("web"), asked("api")

    file = csr_file([web, api])

    assert (file.filename, file.media) == ("certificate-requests.zip", "application/zip")
    assert unpacked(file) == {"web.csr": web.csr.pem, "api.csr": api.csr.pem}


def test_those_of_several_vaults_lie_in_folders() -> None:
    file = csr_file([asked("web"), asked("web", vault=THERE)])

    assert set(unpacked(file)) == {f"{HERE}/web.csr", f"{THERE}/web.csr"}


def test_no_name_is_an_option_or_a_device() -> None:
    assert csr_file([asked("-rf")]).filename == "certificate-rf.csr"
    assert set(unpacked(csr_file([asked("nul"), asked("-a")]))) == {
        "certificate-nul.csr",
        "certificate-a.csr",
    }
