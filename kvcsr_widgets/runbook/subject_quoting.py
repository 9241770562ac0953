"""A subject with the quotes that each tool needs around it."""

from __future__ import annotations

import json
from collections.abc import Callable

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.runbook import quoting


def subject_in_tools(text: str) -> tuple[tuple[str, str], ...]:
    """Where the subject is written, and how: pairs for the portal, PowerShell and Azure CLI.

    az takes the subject inside the policy, as JSON. What a tool's command line cannot hold is said
    in its place.
    """
    member = json.dumps({"subject": text}, ensure_ascii=False)
    policy = f'{{"x509CertificateProperties": {member}}}'
    return (
        ("Azure portal, Subject", _argument("", quoting.portal, text)),
        ("Azure PowerShell", _argument("-SubjectName ", quoting.powershell, text)),
        ("Azure CLI, in a policy file", member[1:-1]),
        ("Azure CLI in bash", _argument("--policy ", quoting.bash, policy)),
        ("Azure CLI in PowerShell", _argument("--policy ", quoting.cli_in_powershell, policy)),
    )


def _argument(option: str, quote: Callable[[str], str], text: str) -> str:
    try:
        return option + quote(text)
    except InputError as error:
        return f"{error.message} {error.hint}"
