"""What people upload by mistake: each file is named for what it is, and the request goes on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from playwright.sync_api import Locator, Page, expect

from kvcsr_widgets.pki.replies import MAX_TOTAL_BYTES
from kvcsr_widgets.pki.signed import MAX_BYTES
from tests import certificates
from tests.browser.homes import Home, at_home
from tests.browser.steps import choose, connect, panel
from tests.runbook.stocked import create

LEAF = certificates.leaf()
BUTTON = "Choose the CA's files"
MARKUP = "<img src=x onerror=window.hacked=1>.cer"
SENT = certificates.csr().pem.encode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
TOO_LARGE = 3 * MAX_BYTES
"""More than JupyterLab takes in one message."""


def private_key() -> bytes:
    return LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def locked_pfx() -> bytes:
    lock = BestAvailableEncryption(b"secret")
    return pkcs12.serialize_key_and_certificates(None, LEAF.key, LEAF.certificate, None, lock)


def bomb() -> bytes:
    """A small zip of a file of nothing, far larger than what is read."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.cer", bytes(100 * 1024**2))
    return packed.getvalue()


WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "sent.csr": (lambda: SENT, "is a certificate signing request (CSR), not what the CA made"),
    "www.key": (private_key, "holds a private key. It was not read."),
    "logo.png": (lambda: PNG, "is a picture (PNG)"),
    "empty.cer": (lambda: b"", "is empty"),
    "large.cer": (lambda: b"0" * TOO_LARGE, f"is of {TOO_LARGE:,} bytes"),
    "sign-in.cer": (lambda: b"<!DOCTYPE html><title>Sign in</title>", "is a web page"),
    "locked.pfx": (locked_pfx, "holds a PFX (PKCS #12) with a private key. It was not read."),
    "bomb.zip/bomb.cer": (bomb, "is larger, unpacked, than what is read at once"),
    MARKUP: (lambda: b"hello", "is a text that holds no certificate"),
}
"""Files by the names that they are told by: how they are made, and what they are called."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with at_home(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture
def notebook(page: Page, home: Home) -> Locator:
    """Notebook 03, connected to a vault with two requests."""
    for name in ("alpha", "beta"):
        create(home.vault, name)
    found = home.open(page, "03-merge-the-signed-certificate")
    connect(page, found)
    return found


def test_a_wrong_file_is_named_and_the_request_goes_on(
    page: Page, home: Home, notebook: Locator
) -> None:
    before = home.vault.operation("alpha")
    card = panel(notebook, "Joins the CA's certificate")
    card.get_by_label("Request", exact=True).select_option(label="alpha - waits for the CA")
    merge = card.get_by_role("button", name="Merge", exact=True)
    button = card.get_by_role("button", name=BUTTON)
    files = made(home)

    for name, file in files.items():
        choose(page, button, file)
        expect(card.get_by_text(f"“{name}” {WRONG[name][1]}")).to_be_visible()
        expect(merge).to_be_disabled()
    choose(page, button, home.sparse("disk.iso", 2 * MAX_TOTAL_BYTES))
    expect(card.get_by_text("at most 104,857,600 bytes are read at once")).to_be_visible()
    choose(page, button, home.sparse("slow.iso", MAX_TOTAL_BYTES // 2))  # on its way still, when
    choose(page, button, home.file("beta.p7b", home.signed("beta")))
    expect(card.get_by_text("Chosen: beta.p7b", exact=True)).to_be_visible()
    expect(card.get_by_text("the keys differ").first).to_be_visible()
    expect(card.get_by_role("button", name="Go to the request “beta”")).to_be_visible()
    expect(merge).to_be_disabled()
    assert page.evaluate("window.hacked") is None
    assert home.vault.operation("alpha") == before

    many_at_once(page, panel(notebook, "Finds the request that each of many"), files)
    choose(page, button, home.file("alpha.p7b", home.signed("alpha")))
    merge.click()
    expect(card.get_by_text("Merged: “alpha” is enabled")).to_be_visible()


def many_at_once(page: Page, finder: Locator, files: dict[str, Path]) -> None:
    """A heap with nothing but wrong files in it, more bytes than a server takes in one message."""
    choose(page, finder.get_by_role("button", name="Choose files or a .zip"), *files.values())
    expect(finder.get_by_text("Chosen: sent.csr, www.key")).to_be_visible()
    finder.get_by_role("button", name="Find their requests").click()
    for name in files:
        row = finder.get_by_role("row", name=name)
        expect(row).to_contain_text(f"“{name}” {WRONG[name][1]}")
    expect(page.locator("img[src=x]")).to_have_count(0)
    assert page.evaluate("window.hacked") is None


def made(home: Home) -> dict[str, Path]:
    """The wrong files, by the names that they are told by."""
    return {name: home.file(name.split("/")[0], make()) for name, (make, _said) in WRONG.items()}
