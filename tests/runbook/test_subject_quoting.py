"""The subject in the tools' own quotes; bash is asked what it makes of its line."""

from __future__ import annotations

import json
import subprocess

import pytest

from kvcsr_widgets.runbook.subject_quoting import subject_in_tools

PLAIN = "CN=www.contoso.com, O=Contoso"
COMMA = 'CN=www.contoso.com, O="Contoso, Inc.", OU=O\'Brien $HOME'


def test_the_portal_takes_the_text_as_it_is() -> None:
    assert dict(subject_in_tools(COMMA))["Azure portal, Subject"] == COMMA


def test_powershell_has_single_quotes_around() -> None:
    shown = dict(subject_in_tools(COMMA))["Azure PowerShell"]

    assert shown == "-SubjectName 'CN=www.contoso.com, O=\"Contoso, Inc.\", OU=O''Brien $HOME'"


def test_the_policy_file_has_the_text_as_json() -> None:
    shown = dict(subject_in_tools(COMMA))["Azure CLI, in a policy file"]

    assert json.loads(f"{{{shown}}}") == {"subject": COMMA}


@pytest.mark.parametrize("text", [PLAIN, COMMA])
def test_bash_gives_az_the_policy(text: str) -> None:
    line = dict(subject_in_tools(text))["Azure CLI in bash"]

    run = ["bash", "-c", f"printf '%s\\n' {line}"]
    option, policy = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split(
        "\n", 1
    )

    assert option == "--policy"
    assert json.loads(policy) == {"x509CertificateProperties": {"subject": text}}


def test_az_in_powershell_takes_a_file_where_double_quotes_are_needed() -> None:
    plain = dict(subject_in_tools(PLAIN))["Azure CLI in PowerShell"]
    comma = dict(subject_in_tools(COMMA))["Azure CLI in PowerShell"]

    assert plain.startswith('--policy \'"{""x509CertificateProperties""')
    assert "cannot be given to az" in comma
    assert "file" in comma
