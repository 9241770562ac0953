"""The whole job as text for another tool."""

from __future__ import annotations

import ast

import pytest

from kvcsr_widgets.panels import CommandsTour, Finished
from kvcsr_widgets.runbook.commands import Tool
from kvcsr_widgets.runbook.commands.steps import Form
from kvcsr_widgets.runbook.steps import StepState
from tests.panels.parts import Parts

LABELS = [
    "Sign in",
    "Create the request",
    "Download the CSR",
    "Merge the CA's file",
    "Look at the request",
    "Look at the certificate",
]


def state(panel: CommandsTour | Finished) -> StepState:
    assert panel.card.standing is not None
    return panel.card.standing.state


def copy(tour: CommandsTour, *labels: str) -> None:
    """Press the buttons of these steps, as the browser tells."""
    for label in labels:
        tour.texts[label].copy.copied += 1


def written(tour: CommandsTour) -> str:
    return "\n".join(text.text for text in tour.texts.values())


@pytest.mark.parametrize("tool", Tool, ids=lambda tool: tool.name)
def test_every_tool_has_every_step_with_what_was_filled_in(tool: Tool) -> None:
    tour = CommandsTour()
    tour.vault_url.value = "https://contoso.vault.azure.net"
    tour.name.value = "shop"

    tour.tool.value = tool

    assert list(tour.texts) == LABELS
    assert all("shop" in tour.texts[label].text for label in LABELS[1:])
    assert "contoso" in tour.texts["Create the request"].text
    assert "shop.p7b" in tour.texts["Merge the CA's file"].text


def test_it_asks_for_no_longer_than_a_public_ca_may_issue() -> None:
    assert "-ValidityInMonths 6" in written(CommandsTour())


def test_the_articles_own_way_is_there() -> None:
    text = written(CommandsTour())

    for cmdlet in (
        "New-AzKeyVaultCertificatePolicy",
        "Add-AzKeyVaultCertificate",
        "Import-AzKeyVaultCertificate",
    ):
        assert cmdlet in text


def test_a_subject_with_a_comma_keeps_its_quotes() -> None:
    tour = CommandsTour()
    assert """'CN=www.contoso.com, O="Contoso, Inc.", C=US'""" in written(tour)

    tour.tool.value = Tool.CLI_BASH
    assert r"O=\"Contoso, Inc.\"" in written(tour)
    tour.tool.value = Tool.PYTHON
    assert """subject='CN=www.contoso.com, O="Contoso, Inc.", C=US'""" in written(tour)


def test_python_is_python() -> None:
    tour = CommandsTour()
    tour.tool.value = Tool.PYTHON

    assert tour.texts
    for text in tour.texts.values():
        ast.parse(text.text)


@pytest.mark.parametrize("form", Form, ids=lambda form: form.name)
def test_the_file_that_the_ca_sends_can_be_of_any_form(form: Form) -> None:
    tour = CommandsTour()
    tour.tool.value = Tool.CLI_BASH

    tour.form.value = form

    merge = tour.texts["Merge the CA's file"].text
    assert ("openssl" in merge) is (form is not Form.PEM)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("vault_url", "contoso", "no vault's URL"),
        ("name", "www.contoso.com", "letters, digits and hyphens"),
        ("subject", "CN=a, O=Contoso, Inc.", "KEY=value"),
        ("names", "not a name!", "no "),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    field: str, value: str, said: str
) -> None:
    tour = CommandsTour()
    check = Finished.copied(tour)

    tour.fields[field].box.value = value

    problem = tour.fields[field].problem
    assert problem is not None
    assert said in problem.message
    assert tour.texts == {}
    assert tour.parts.children == ()
    assert state(tour) is StepState.BLOCKED
    assert problem.message.split("“")[0].strip() in " ".join(Parts(check.list.value).texts)


def test_all_steps_copied_end_notebook_08() -> None:
    tour = CommandsTour()
    check = Finished.copied(tour)
    assert state(check) is StepState.TO_DO

    copy(tour, *LABELS[:-1])
    assert state(check) is StepState.TO_DO
    assert "Look at the certificate: not copied yet." in check.list.value
    copy(tour, LABELS[-1])

    assert state(check) is StepState.DONE
    assert state(tour) is StepState.DONE


def test_what_changes_has_to_be_copied_anew() -> None:
    tour = CommandsTour()
    check = Finished.copied(tour)
    copy(tour, *LABELS)

    tour.subject.value = "CN=www.contoso.com"
    assert [label for label, done in tour.done.items() if not done] == ["Create the request"]
    assert state(check) is StepState.TO_DO

    tour.tool.value = Tool.PYTHON
    assert not any(tour.done.values())


def test_what_is_typed_is_shown_as_text() -> None:
    tour = CommandsTour()

    tour.subject.value = 'CN="<script>alert(1)</script>"'

    shown = "".join(str(text.view.value) for text in tour.texts.values())
    assert "alert(1)" in shown
    assert "<script" not in shown
