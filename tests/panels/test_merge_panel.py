"""The merge panel: what is put in, what is said of it, what the tick is for, what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import ipywidgets as w
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kvcsr_widgets.panels import Desk, MergePanel
from kvcsr_widgets.panels.merge import CHECKS
from kvcsr_widgets.pki.catalogue import CATALOGUE
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.runbook import handed_over
from kvcsr_widgets.vault.client import CertificateAuthority, Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests import certificates
from tests.panels.standing import why
from tests.panels.uploads import choose

KEY = certificates.key("web").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
HOSTILE = "<img src=x onerror=alert(1)>"
PLAN = CertificatePlan("web", "CN=www.contoso.com", key=KeyChoice.EC_P256)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def desk(tmp_path: Path, faults: Faults) -> Iterator[Desk]:
    """A desk with the open request “web”."""
    made = Desk()
    made.open(practise(tmp_path / "vault.sqlite", clock=MovableClock(), faults=faults))
    request(made)
    yield made
    made.leave()


def vault_of(desk: Desk) -> Vault:
    assert desk.vault is not None
    return desk.vault


def authority(desk: Desk) -> CertificateAuthority:
    found = vault_of(desk).authority
    assert found is not None
    return found


def request(desk: Desk, plan: CertificatePlan = PLAN) -> Operation:
    operation = vault_of(desk).create(plan)
    desk.add(operation, plan)
    return operation


def csr(desk: Desk, name: str = "web") -> bytes:
    found = vault_of(desk).operation(name).csr
    assert found is not None
    return found.der


def reply(desk: Desk, kind: str = "p7b") -> bytes:
    return authority(desk).sign(csr(desk), days=90).file(kind)


def wrong(desk: Desk, mistake: str) -> tuple[str, bytes]:
    made = authority(desk).sign_wrong(csr(desk), mistake, days=90, name="web")
    return made.filename, made.content


def test_a_good_reply_is_merged_and_read_back(desk: Desk) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, ("web.p7b", reply(desk)))

    assert "This certificate belongs to this request." in panel.findings.view.value
    assert panel.findings.tick.layout.display == "none"
    assert "Practice Root CA" in panel.chain.value
    panel.button.click()

    assert "Merged: “web” is enabled" in panel.result.notice.value
    assert "Thumbprint" in panel.result.table.value
    assert "NO, expected" not in panel.result.table.value
    assert panel.reading.value == ""
    assert panel.input.files == []
    assert vault_of(desk).operation("web").status is Status.COMPLETED


def test_text_can_be_pasted(desk: Desk) -> None:
    panel = MergePanel(desk)
    panel.input.pasted.value = f"Dear customer,\n\n{reply(desk, 'pem').decode()}\nRegards"

    assert "This certificate belongs to this request." in panel.findings.view.value


def test_several_files_are_one_reply(desk: Desk) -> None:
    parts = read_signed(reply(desk)).certificates
    files = [(f"{n}.cer", each.public_bytes(Encoding.DER)) for n, each in enumerate(parts)]
    panel = MergePanel(desk)

    choose(panel.input.upload, *reversed(files))

    assert "Practice Root CA" in panel.chain.value
    assert panel.submit() is not None
    assert x509.load_der_x509_certificate(vault_of(desk).certificate("web").der) == parts[0]


def test_what_needs_a_tick_waits_for_it(desk: Desk) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, wrong(desk, "leaf-only"))

    assert panel.findings.tick.layout.display == ""
    assert panel.button.disabled
    assert panel.submit() is None
    panel.findings.tick.value = True
    assert not panel.button.disabled
    assert panel.submit() is not None


def test_beside_last_years_certificate_over_the_same_key_the_new_one_is_merged(desk: Desk) -> None:
    kept = replace(PLAN, name="kept", reuse_key=True)
    vault = vault_of(desk)
    request(desk, kept)
    old = read_signed(authority(desk).sign(csr(desk, "kept"), days=20).file("p7b")).certificates
    vault.merge("kept", old)
    desk.add(vault.create(kept), kept)
    new = read_signed(authority(desk).sign(csr(desk, "kept"), days=90).file("p7b")).certificates
    files = [(f"{n}.cer", c.public_bytes(Encoding.DER)) for n, c in enumerate((*old, new[0]))]
    panel = MergePanel(desk)

    choose(panel.input.upload, *files)

    assert f"serial number {new[0].serial_number:X}" in panel.findings.view.value
    assert "is in the vault already" not in panel.findings.view.value
    panel.findings.tick.value = True
    assert panel.submit() is not None
    assert x509.load_der_x509_certificate(vault.certificate("kept").der) == new[0]


def test_a_tick_is_for_the_reply_that_it_was_set_for(desk: Desk) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, wrong(desk, "leaf-only"))
    panel.findings.tick.value = True

    choose(panel.input.upload, wrong(desk, "impostor"))

    assert not panel.findings.tick.value
    assert panel.button.disabled


def test_the_request_that_a_stray_certificate_fits_is_named(desk: Desk) -> None:
    other = request(desk, CertificatePlan("other", "CN=o.example", key=KeyChoice.EC_P256))
    assert other.csr is not None
    stray = authority(desk).sign(other.csr.der, days=90).file("p7b")
    desk.selected = "web"
    panel = MergePanel(desk)

    choose(panel.input.upload, ("stray.p7b", stray))

    assert "“other”" in panel.findings.view.value
    assert "does not match the public part" in panel.findings.view.value
    assert panel.findings.tick.layout.display == "none"
    assert panel.button.disabled


def test_a_request_that_was_made_again_meanwhile_is_said(desk: Desk) -> None:
    panel = MergePanel(desk)
    old = reply(desk)
    vault_of(desk).delete_operation("web")
    vault_of(desk).create(PLAN)  # by somebody else: the desk knows nothing of it

    choose(panel.input.upload, ("web.p7b", old))

    assert "made again" in panel.findings.view.value
    assert panel.button.disabled


def test_the_csr_that_was_sent_may_come_along(desk: Desk) -> None:
    sent, answer = certificates.csr(owner="earlier"), certificates.leaf(owner="earlier")
    panel = MergePanel(desk)

    choose(panel.input.upload, ("web.csr", sent.pem.encode()), ("web.cer", answer.der))

    assert "The CA answered an older CSR of this request" in panel.findings.view.value


def test_the_csr_that_left_from_another_notebook_is_known(desk: Desk) -> None:
    sent, answer = certificates.csr(owner="earlier"), certificates.leaf(owner="earlier")
    handed_over.hand_over(vault_of(desk).host, "web", sent)
    panel = MergePanel(desk)

    choose(panel.input.upload, ("web.cer", answer.der))

    assert "The CA answered an older CSR of this request" in panel.findings.view.value


def test_the_one_request_that_fits_is_chosen_where_none_is(desk: Desk) -> None:
    request(desk, CertificatePlan("other", "CN=o.example", key=KeyChoice.EC_P256))
    desk.selected = ""
    panel = MergePanel(desk)

    choose(panel.input.upload, ("web.p7b", reply(desk)))

    assert panel.picker.value == "web"
    assert not panel.button.disabled


def test_from_the_wrong_request_one_goes_to_the_right_one(desk: Desk) -> None:
    request(desk, CertificatePlan("other", "CN=o.example", key=KeyChoice.EC_P256))
    panel = MergePanel(desk)
    assert panel.go_there.layout.display == "none"

    choose(panel.input.upload, ("web.p7b", reply(desk)))
    assert panel.go_there.description == "Go to the request “web”"
    assert panel.go_there.layout.display == ""
    panel.go_there.click()

    assert panel.picker.value == "web"
    assert not panel.button.disabled
    assert panel.go_there.layout.display == "none"


def test_what_became_of_an_earlier_merge_is_not_said_of_another_reply(desk: Desk) -> None:
    first = reply(desk)
    vault_of(desk).merge("web", read_signed(first).certificates)
    desk.refresh()
    desk.selected = "web"
    panel = MergePanel(desk)
    assert "Merged:" in why(panel)

    choose(panel.input.upload, ("another.p7b", reply(desk)))

    assert panel.reading.value == ""
    assert panel.button.disabled


def test_a_request_that_is_chosen_stays_chosen(desk: Desk) -> None:
    request(desk, CertificatePlan("other", "CN=o.example", key=KeyChoice.EC_P256))
    panel = MergePanel(desk)

    choose(panel.input.upload, ("web.p7b", reply(desk)))

    assert panel.picker.value == "other"
    assert panel.button.disabled


def test_a_stranger_chooses_no_request(desk: Desk) -> None:
    request(desk, CertificatePlan("other", "CN=o.example", key=KeyChoice.EC_P256))
    desk.selected = ""
    panel = MergePanel(desk)

    choose(panel.input.upload, ("stray.cer", certificates.leaf().der))

    assert panel.picker.value == ""
    assert "No request of this vault has the key of the CA" in panel.reading.value


def test_a_csr_alone_is_no_reply(desk: Desk) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, ("web.csr", csr(desk)))

    assert "signing request" in panel.reading.value
    assert panel.button.disabled


def test_a_lost_answer_is_recognised(desk: Desk, faults: Faults) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, ("web.p7b", reply(desk)))
    faults.add(Fault("drop-after", operation="merge", times=10))

    panel.button.click()

    assert "Merged: “web” is enabled" in panel.result.notice.value
    assert "got lost" in panel.result.notice.value


def test_what_somebody_else_merged_first_is_said(desk: Desk) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, ("web.p7b", reply(desk)))
    theirs = read_signed(reply(desk)).certificates
    vault_of(desk).merge("web", theirs)

    panel.button.click()

    assert "Somebody else merged another certificate" in panel.result.notice.value


def every(widget: w.Widget) -> Iterator[w.Widget]:
    """A widget and all within it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def sent_to_the_browser(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """What widgets tell the browser from now on, each by the widget's kind."""
    told: list[tuple[str, object]] = []

    def send_state(widget: w.Widget, key: str) -> None:
        if key == "value":
            told.append((type(widget).__name__, widget.get_state(key)[key]))

    monkeypatch.setattr(w.Widget, "send_state", send_state)
    return told


@pytest.mark.parametrize("pasted", [False, True])
def test_a_private_key_does_not_stay_in_the_widgets(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, pasted: bool
) -> None:
    panel = MergePanel(desk)
    told = sent_to_the_browser(monkeypatch)

    if pasted:
        panel.input.pasted.set_state({"value": f"{reply(desk, 'pem').decode()}\n{KEY.decode()}"})
    else:
        choose(panel.input.upload, ("web.p7b", reply(desk)), ("web.key", KEY))

    assert "holds a private key. It was not read." in panel.reading.value
    assert panel.input.files == []
    assert panel.input.chosen.value == ""
    assert panel.reply is None
    assert panel.button.disabled
    assert not pasted or ("Textarea", "") in told  # the browser's is gone
    assert all(KEY.decode().splitlines()[1] not in repr(each.get_state()) for each in every(panel))
    assert panel.input.upload.value == ()


def test_after_a_private_key_a_good_reply_is_taken(desk: Desk) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, ("web.key", KEY))

    choose(panel.input.upload, ("web.p7b", reply(desk)))

    assert "private key" not in panel.reading.value
    assert not panel.button.disabled


def test_a_reply_that_cannot_be_read_stays_to_be_mended(desk: Desk) -> None:
    panel = MergePanel(desk)

    panel.input.pasted.value = "-----BEGIN CERT"

    assert "holds no certificate" in panel.reading.value
    assert panel.input.pasted.value == "-----BEGIN CERT"


def test_names_of_files_and_certificates_are_text(desk: Desk) -> None:
    hostile = certificates.leaf(subject=f'CN="{HOSTILE}"').der
    panel = MergePanel(desk)

    choose(panel.input.upload, (HOSTILE, hostile))

    assert "the keys differ" in panel.findings.view.value
    assert "&lt;img" in panel.input.chosen.value
    assert "<img" not in panel.input.chosen.value + panel.findings.view.value
    assert "<img" not in panel.chain.value + panel.reading.value


def test_another_request_withdraws_the_checks(desk: Desk) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, ("web.p7b", reply(desk)))
    assert not panel.button.disabled

    request(desk, CertificatePlan("other", "CN=o.example", key=KeyChoice.EC_P256))

    assert panel.button.disabled
    assert "the keys differ" in panel.findings.view.value


def test_a_cancelled_request_takes_a_reply_with_a_tick(desk: Desk) -> None:
    vault = vault_of(desk)
    good = reply(desk)
    vault.cancel("web")
    desk.refresh()
    desk.selected = "web"
    panel = MergePanel(desk)

    choose(panel.input.upload, ("web.p7b", good))

    assert CATALOGUE["request-cancelled"].level.value == "needs a tick to go on"
    assert panel.findings.tick.layout.display == ""
    panel.findings.tick.value = True
    assert panel.submit() is not None


def test_the_chain_can_be_saved_for_other_tools(desk: Desk) -> None:
    panel = MergePanel(desk)
    choose(panel.input.upload, ("web.p7b", reply(desk)))

    assert panel.sent.button.filename == "web-chain.pem"
    saved = x509.load_pem_x509_certificates(panel.sent.button.content)
    assert saved[0].public_key() == read_signed(reply(desk)).certificates[0].public_key()


def test_every_check_is_listed(desk: Desk) -> None:
    panel = MergePanel(desk)
    shown = panel.below.bodies[CHECKS].value

    assert all(f">{code}<" in shown for code in CATALOGUE)
