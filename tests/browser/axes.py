"""What axe says of our panels: the violations that keep people out, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

BAD = {"serious", "critical"}
"""The impacts of which there must be none."""

OUTPUTS = ".jp-OutputArea-output"
"""Our part of JupyterLab's page: what the cells show. Its menus, side bars and editors are not."""

_AXE = Axe()


def violations(page: Page, *places: str, rules: Sequence[str] = ()) -> list[str]:
    """A line for each element that violates a rule badly, within ``places``, selectors of CSS.

    ``rules`` are the only ones that are asked for, if any.
    """
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    context = {"include": [[place] for place in places]}
    found = _AXE.run(page, context=context, options=options).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for each in found
        if each["impact"] in BAD
        for node in each["nodes"]
    ]
