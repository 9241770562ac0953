"""``make bench``: the figures, each with what it is compared to in the same run."""

from __future__ import annotations

import sys

from tests.bench import flight, form, home, inventory, practice, reading, served, workbook

PARTS = {
    "imports": workbook.imports,
    "panel": workbook.first_panel,
    "keystrokes": form.keystrokes,
    "typing": form.typing,
    "reads": reading.reads,
    "flight": flight.checks,
    "creates": practice.creates,
    "rsa": practice.rsa,
    "list": practice.listing,
    "scale": practice.scale,
    "home": home.home,
    "memory": practice.memory,
    "served": served.requests_per_second,
    "inventory": inventory.inventory,
}


def main() -> None:
    """Measure and print; arguments choose parts."""
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
