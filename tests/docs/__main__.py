"""``python -m tests.docs``: write the parts of the pages that come from the code."""

from __future__ import annotations

from tests.docs import tables
from tests.docs.pages import PAGES, ROOT, read


def main() -> None:
    """Write what is old, and say so."""
    for page in PAGES:
        text = read(page)
        new = tables.written(text)
        if new != text:
            page.write_text(new, encoding="utf-8")
            print(f"{page.relative_to(ROOT)} is written anew")


if __name__ == "__main__":
    main()
