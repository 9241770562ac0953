"""The panel for troubles, driven as a browser drives it but without one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets as w
import pytest

from kvcsr_widgets.panels import Desk, TroublePanel, trouble
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.pasted import MAX_TEXT
from tests.panels.test_panels import HOSTILE
from tests.vault.error_texts import PASTED, SECRETS

MISMATCH = "(BadParameter) … does not match the public part of the specified private key."


def explained(text: str) -> TroublePanel:
    panel = TroublePanel()
    panel.text.value = text
    panel.button.click()
    return panel


@pytest.mark.parametrize(("text", "cause"), PASTED)
def test_a_pasted_text_is_explained(text: str, cause: str) -> None:
    panel = explained(text)

    for label in ("Why:", "Now:", "Notebook:"):
        assert label in panel.answer.value
    assert f"Cause: {cause}\n" in panel.copy.text
    assert panel.notice.value == ""


def test_it_says_what_happened_and_links_the_notebook() -> None:
    panel = explained(MISMATCH)

    assert "belongs to another key than the request, which still waits" in panel.answer.value
    assert 'href="03-merge-the-signed-certificate.ipynb"' in panel.answer.value
    assert panel.copy.layout.display == ""
    assert panel.copy.text.startswith("Time: 20")


def test_an_unknown_text_is_said_to_be_and_shown_whole() -> None:
    text = "Nobody has ever seen this. " * 50
    panel = explained(text)

    assert "No explanation is known" in panel.answer.value
    assert "<details open>" in panel.answer.value
    assert text.strip() in panel.answer.value
    assert text.strip() in panel.copy.text


def test_an_empty_text_is_asked_for() -> None:
    panel = explained(" \n ")

    assert "no text to explain yet" in panel.notice.value
    assert panel.answer.value == ""
    assert panel.copy.layout.display == "none"


def test_what_was_explained_before_goes_away() -> None:
    panel = explained(MISMATCH)
    panel.text.value = ""
    panel.button.click()

    assert panel.answer.value == ""
    assert panel.copy.text == ""


def test_a_text_of_a_stranger_becomes_no_tag() -> None:
    panel = explained(f"{MISMATCH}</pre></details>{HOSTILE}")

    assert "<img" not in panel.answer.value
    assert panel.answer.value.count("</details>") == 1


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_no_secret_is_shown_or_copied(text: str, secret: str) -> None:
    panel = explained(f"{MISMATCH} {text}")

    assert secret not in panel.answer.value + panel.copy.text


@pytest.mark.parametrize(("text", "secret"), SECRETS)
@pytest.mark.parametrize("before_end", [20_000, 20_010, 20_030, 20_040])
def test_no_secret_is_shown_in_part(
    monkeypatch: pytest.MonkeyPatch, text: str, secret: str, before_end: int
) -> None:
    """Wherever the end that is read begins; its cause is no matter here, and takes long to find."""
    monkeypatch.setattr(trouble, "diagnose", lambda _text: None)
    panel = explained("x\n" * 30_000 + text + "\n" + "y\n" * ((before_end - len(text)) // 2))

    assert not any(piece in panel.copy.text for piece in (secret, secret[-8:]))


def test_a_long_text_is_read_to_its_bound_and_that_is_said() -> None:
    panel = explained(f"{MISMATCH} " + "x" * 1_000_000)

    assert "The first 20,000 characters were read." in panel.notice.value
    assert "belongs to another key" in panel.answer.value
    assert len(panel.copy.text) < 1.1 * MAX_TEXT


def test_the_end_of_a_long_text_is_read_and_kept() -> None:
    panel = explained("DEBUG: on and on\n" * 10_000 + MISMATCH)

    assert "The first and the last 20,000 characters were read." in panel.notice.value
    assert "belongs to another key" in panel.answer.value
    assert panel.copy.text.rstrip().endswith(MISMATCH)


def test_submit_returns_the_diagnosis() -> None:
    panel = TroublePanel()
    assert panel.submit() is None
    panel.text.value = MISMATCH

    found = panel.submit()

    assert found is not None
    assert found.cause == "key-mismatch"


def test_the_questions_of_the_article_unfold_by_a_button() -> None:
    faq = TroublePanel().faq

    assert len(faq.toggles) == 6
    for question, toggle in faq.toggles.items():
        body = faq.bodies[question]
        assert body.layout.display == "none"
        toggle.value = True
        assert body.layout.display == ""
        for label in ("Why:", "Now:", "Notebook:"):
            assert label in body.value


@pytest.fixture
def desk(vault: Vault) -> Desk:
    made = Desk()
    made.open(vault)
    return made


def requested(vault: Vault, desk: Desk) -> None:
    vault.create(CertificatePlan("web", "CN=a", key=KeyChoice.EC_P256))
    desk.refresh()


def labels(panel: TroublePanel) -> list[Any]:
    return [label for label, _name in panel.request.options]


def test_a_request_of_the_vault_says_what_it_waits_for(vault: Vault, desk: Desk) -> None:
    panel = TroublePanel(desk)
    assert panel.request.layout.display == "none"

    requested(vault, desk)
    assert labels(panel)[1:] == ["web: waits for the CA"]
    panel.request.value = "web"

    assert "Waits for the CA: have the CSR signed, then merge the reply." in panel.answer.value
    assert "Please Perform Merge" in panel.answer.value


def test_a_request_leaves_the_pasted_text_as_it_is(vault: Vault, desk: Desk) -> None:
    requested(vault, desk)
    panel = TroublePanel(desk)
    panel.text.value = "my error"

    panel.request.value = "web"

    assert panel.text.value == "my error"


@pytest.mark.parametrize("status", ["BadRequest", "Conflict"])
def test_only_of_a_pasted_text_it_is_told_how_powershell_shows_the_reason(
    status: str, vault: Vault, desk: Desk
) -> None:
    text = f"Operation returned an invalid status code '{status}'"
    requested(vault, desk)
    panel = TroublePanel(desk)
    (operation,) = desk.operations

    desk.add(replace(operation, status=Status.FAILED, error=text))
    panel.request.value = "web"

    assert "PowerShell" in explained(text).answer.value
    assert "Now:" in panel.answer.value
    assert "PowerShell" not in panel.answer.value


def test_a_failed_request_says_why(vault: Vault, desk: Desk) -> None:
    requested(vault, desk)
    panel = TroublePanel(desk)
    (operation,) = desk.operations
    failed = replace(operation, status=Status.FAILED, error=f"Request rejected: {HOSTILE}")

    desk.add(failed)
    panel.request.value = "web"

    assert labels(panel)[1:] == ["web: failed"]
    assert "The order with the CA failed" in panel.answer.value
    assert "<img" not in panel.answer.value


def test_nothing_is_offered_once_the_vault_is_left(vault: Vault, desk: Desk) -> None:
    requested(vault, desk)
    panel = TroublePanel(desk)

    desk.leave()

    assert panel.request.layout.display == "none"
    assert len(panel.request.options) == 1


def test_it_works_without_a_desk() -> None:
    panel = TroublePanel()

    assert panel.request.layout.display == "none"
    assert isinstance(panel.answer, w.HTML)
