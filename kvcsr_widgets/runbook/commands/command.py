"""What is shown of a step in one tool."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Tool(Enum):
    """A tool that can do the workbook's steps; the value is how a person calls it."""

    POWERSHELL = "Azure PowerShell"
    CLI_BASH = "Azure CLI in bash"
    CLI_POWERSHELL = "Azure CLI in PowerShell"
    PYTHON = "Python"


@dataclass(frozen=True, slots=True)
class Command:
    """A step as text for one tool.

    ``warnings`` say what the tool would do otherwise than asked, ``notes`` what to know of it;
    both are sentences.
    """

    tool: Tool
    text: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
