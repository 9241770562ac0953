"""Domain names in other scripts: the form that certificates hold, and the one that people read.

IDNA 2008 (RFC 5891) with the mapping of UTS 46, as browsers do it, by the ``idna`` library.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import idna

MAX_LENGTH = 253
"""Characters of a domain's name (RFC 1035 section 2.3.4, without the root's dot)."""


@lru_cache(maxsize=1024)  # a list is read again at every key press
def a_labels(name: str) -> str:
    """The name with every label in ASCII, ``xn--`` where needed; an ASCII name as it is.

    ``*.`` may stand at its beginning. Raises ValueError, with the reason, for what is no domain.
    """
    if name.isascii():
        return name
    if len(name) > MAX_LENGTH:
        raise ValueError(f"a domain has at most {MAX_LENGTH} characters")
    star = "*." if name.startswith("*.") else ""
    mapped = idna.uts46_remap(name.removeprefix(star), std3_rules=False, transitional=False)
    labels = (
        label if label.isascii() else idna.alabel(label).decode() for label in mapped.split(".")
    )
    return star + ".".join(labels)


@lru_cache(maxsize=1024)
def u_labels(name: str) -> str:
    """The name with its ``xn--`` labels as people read them, or nothing if it has none.

    A label that no name was encoded to stays as it is.
    """
    labels = [_u_label(label) for label in name.split(".")]
    shown = ".".join(labels)
    return "" if shown == name else shown


def scripts(name: str) -> tuple[str, ...]:
    """The scripts of a name's letters, such as Latin and Cyrillic, in alphabetical order."""
    letters = {mark for mark in name if mark.isalpha()}
    return tuple(sorted({unicodedata.name(mark, "?").split()[0].title() for mark in letters}))


def _u_label(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return idna.ulabel(label)
    except idna.IDNAError:
        return label
