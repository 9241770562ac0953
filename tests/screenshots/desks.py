"""Vaults and desks that the scenes begin with, each in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from kvcsr_widgets.panels import Desk
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.client import CertificateAuthority, Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import SignIn, connect, practise
from tests.filled import HOSTILE, fail, fill, fill_waiting

NAME = "www-contoso-com"
PLAN = CertificatePlan(
    NAME,
    'CN=www.contoso.com, O="Contoso, Inc.", C=US',
    Names(dns=("www.contoso.com", "contoso.com")),
    key=KeyChoice.EC_P256,
)
REFUSED = (
    "The domain contoso.example is not yours, so nothing was issued. Prove that it is, by a DNS "
    f"record or by a file on your web server, and order again. {HOSTILE}"
)


def opened(folder: Path) -> Desk:
    """A desk on the practice vault of the folder; it is made where there is none."""
    desk = Desk()
    desk.open(practise(folder / "vault.sqlite", clock=MovableClock()))
    return desk


def asked(folder: Path, plan: CertificatePlan = PLAN) -> Desk:
    """A desk with an open request in hand."""
    desk = opened(folder)
    desk.add(vault_of(desk).create(plan), plan)
    return desk


def merged(folder: Path) -> Desk:
    """A desk whose one request is finished, and in hand."""
    desk = asked(folder)
    vault_of(desk).merge(NAME, read_signed(reply(desk)).certificates)
    desk.look(NAME)
    desk.selected = NAME
    return desk


def failed(folder: Path) -> Desk:
    """A desk on a request that its CA refused, in long words, and in hand."""
    practice = Practice(folder / "vault.sqlite")
    fail(practice, NAME, REFUSED)
    practice.close()
    desk = opened(folder)
    desk.selected = NAME
    return desk


def full(folder: Path) -> Desk:
    """A desk on a vault with some certificates, requests that wait, and one that its CA refused."""
    practice = Practice(folder / "vault.sqlite")
    fill(practice, 6)
    fill_waiting(practice, 2)
    fail(practice, "refused", REFUSED)
    practice.close()
    return opened(folder)


def real() -> Desk:
    """A desk on a real vault, of which nothing is asked."""
    desk = Desk()
    desk.set_trait("vault", connect("https://contoso.vault.azure.net", SignIn.AZURE_CLI))
    return desk


def refused(folder: Path) -> Desk:
    """A desk on a vault in which nothing may be read."""
    desk = Desk()
    desk.set_trait("vault", practise(folder / "vault.sqlite", role="none"))
    return desk


def vault_of(desk: Desk) -> Vault:
    assert desk.vault is not None
    return desk.vault


def authority(desk: Desk) -> CertificateAuthority:
    found = vault_of(desk).authority
    assert found is not None
    return found


def request(desk: Desk, name: str = NAME) -> Operation:
    return vault_of(desk).operation(name)


def reply(desk: Desk, name: str = NAME) -> bytes:
    """What the practice CA answers, with its chain."""
    csr = request(desk, name).csr
    assert csr is not None
    return authority(desk).sign(csr.der, days=90).file("p7b")


def wrong(desk: Desk, mistake: str) -> tuple[str, bytes]:
    """What a CA that makes a mistake answers."""
    csr = request(desk).csr
    assert csr is not None
    made = authority(desk).sign_wrong(csr.der, mistake, days=90, name=NAME)
    return made.filename, made.content
