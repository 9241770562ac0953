"""A vault full of what strangers write: markup and script in every text that they may choose."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from playwright.sync_api import Page, expect

from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.contacts import Contact
from kvcsr_widgets.vault.issuers import Admin, Issuer
from tests import wrong_certificates as make
from tests.certificates import DAY
from tests.filled import fail
from tests.runbook.stocked import create, tag

IMG = "<img src=x onerror=window.hacked=1>"
SVG = '"><svg onload=window.hacked=1>'
SCRIPT = "</script><script>window.hacked=1</script>"
LINK = "javascript:window.hacked=1"
TURNED = "\u202egpj.exe"
"""It begins with the sign that turns the direction of the letters around."""

TAGS = {"note": IMG, "quote": SVG, "link": LINK}
TAGGED = ", ".join(f"{name}={value}" for name, value in TAGS.items())
ELEMENTS = ("img[src=x]", "svg[onload]", "[onerror]", "a[href^='javascript:' i]")


def name(common: str) -> x509.Name:
    """A name with something hostile in each part."""
    parts = {
        NameOID.LOCALITY_NAME: TURNED,
        NameOID.ORGANIZATIONAL_UNIT_NAME: LINK,
        NameOID.ORGANIZATION_NAME: SVG,
        NameOID.COMMON_NAME: common,
    }
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts.items()])


def reply(vault: Vault, request: str) -> bytes:
    """What a hostile CA sends for a request, as PEM."""
    found = vault.operation(request).csr
    assert found is not None
    now = datetime.now(UTC)
    certificate = make.leaf(
        owner=x509.load_der_x509_csr(found.der).public_key(),
        subject=name(IMG),
        names=[IMG, x509.UniformResourceIdentifier(LINK), x509.RFC822Name("<svg/onload=1>@x")],
        issuer=name(SCRIPT[:64]),
        begin=now - DAY,
        end=now + 30 * DAY,
    )
    return certificate.public_bytes(Encoding.PEM)


def fill(vault: Vault) -> None:
    """Hostile: a request, a certificate, a deleted one, an issuer and a contact."""
    create(vault, "waiting", subject=Subject.from_name(name(IMG)).text, tags=TAGS)
    for each in ("merged", "gone"):
        create(vault, each)
        vault.merge(each, [x509.load_pem_x509_certificate(reply(vault, each))])
        tag(vault, each, **TAGS)
    vault.delete("gone")
    admin = Admin(IMG, SVG, "a@contoso.com", "1")
    vault.issuers.add(Issuer("digi", "DigiCert", IMG, SVG, (admin,)), "password1")
    vault.contacts.put([Contact("a@contoso.com", IMG, SVG)], [])


def refuse(practice: Practice) -> None:
    """A request that an issuer refused in hostile words."""
    fail(practice, "refused", f"No: {IMG} {SVG} {LINK}")


def nothing_ran(page: Page) -> None:
    """No text became an element, a link or a script."""
    for selector in ELEMENTS:
        expect(page.locator(selector)).to_have_count(0)
    expect(page.locator("script").filter(has_text="hacked")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
