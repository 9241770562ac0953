"""Az's own parser and validators, and nothing is run: by the interpreter that has az.

Reads a JSON list of argument lists from its standard input and prints the command of each as it
was understood. A list that az does not understand ends it with a status other than 0.
"""

from __future__ import annotations

import io
import json
import sys
from importlib import import_module
from typing import Any


def main() -> int:
    """Parse every list."""
    core: Any = import_module("azure.cli.core")
    invoker: Any = import_module("azure.cli.core.commands").AzCliCommandInvoker
    understood: list[str] = []

    def note(_self: Any, jobs: list[Any], _ids: Any) -> tuple[list[Any], list[Any]]:
        understood.extend(arguments.command for arguments, _ in jobs)
        return [], []

    invoker._run_jobs_serially = note
    for arguments in json.load(sys.stdin):
        if status := core.get_default_cli().invoke(arguments, out_file=io.StringIO()):
            return int(status)
    print("\n".join(understood))
    return 0


if __name__ == "__main__":
    sys.exit(main())
