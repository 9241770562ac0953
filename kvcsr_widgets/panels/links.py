"""Links to the notebooks, which are steps of the page in the one-page app."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

NOTEBOOKS = (
    "00-start-here.ipynb",
    "01-create-the-csr.ipynb",
    "02-have-it-signed.ipynb",
    "03-merge-the-signed-certificate.ipynb",
    "04-monitor.ipynb",
    "05-partnered-cas.ipynb",
    "06-troubles.ipynb",
    "07-renewal.ipynb",
    "08-powershell-and-cli.ipynb",
)
"""The notebooks' files, by their numbers."""

ONE_PAGE = {0: 1, 1: 2, 2: 4, 3: 5, 4: 6}
"""The notebooks whose work is a step of the one-page app: number of notebook and of step."""

_NOTEBOOK = re.compile(r"([0-9]{2})-([a-z0-9-]{1,80})\.ipynb")
_TITLES = {
    "create-the-csr": "Create the CSR",
    "monitor": "Monitor and manage",
    "partnered-cas": "Partnered CAs",
    "powershell-and-cli": "PowerShell and CLI",
}
"""Titles that say more than the file's name, or have capitals in them."""

_MENTION = re.compile(r"\b([Nn]otebook 0[0-8])\b", re.ASCII)


def training(notebook: str) -> Markup:
    """The notebook that trains something, or the step of the one-page app."""
    link = Markup("<b>Notebook:</b> {}").format(notebook_link(notebook))
    step = ONE_PAGE.get(NOTEBOOKS.index(notebook)) if notebook in NOTEBOOKS else None
    return link if step is None else _either(link, f"See step {step}.")


def notebook_link(filename: str) -> Markup:
    """A notebook by its title, to be opened in another tab; only its name if it is none of ours.

    The address is relative to the page's, which ends in the notebook that is open: in JupyterLab
    (``/lab/tree/…``) as in Voilà (``/voila/render/…``).
    """
    found = _NOTEBOOK.fullmatch(filename)
    if found is None:
        return Markup("{}").format(filename)
    title = _TITLES.get(found[2]) or found[2].replace("-", " ").capitalize()
    return _link(filename, f"{found[1]} · {title}")


def linked(text: str) -> Markup:
    """A text in which each “notebook 03” leads to that notebook; HTML stays as it is.

    In the one-page app it is “step 5” instead.
    """
    if isinstance(text, Markup):
        return text
    parts = _MENTION.split(text)
    return Markup("").join(
        _mentioned(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _mentioned(said: str) -> Markup:
    """A notebook's mention, which ends in its number, as a link."""
    number = int(said[-1])
    link = _link(NOTEBOOKS[number], said)
    word = "Step" if said[0] == "N" else "step"
    return _either(link, f"{word} {ONE_PAGE[number]}") if number in ONE_PAGE else link


def _either(notebooks: Markup, one_page: str) -> Markup:
    """What is said in the notebooks, and what in the one-page app: ``ON_ONE_PAGE`` turns it."""
    return Markup(
        '<span class="kvcsr-one-page" hidden>{}</span><span class="kvcsr-notebooks">{}</span>'
    ).format(one_page, notebooks)


ON_ONE_PAGE = Markup(
    "<style>.kvcsr-workbook .kvcsr-notebooks{display:none}"
    ".kvcsr-workbook .kvcsr-one-page{display:inline}</style>"
)
"""Below an element of class kvcsr-workbook, steps of this page are said, not notebooks."""


def _link(filename: str, text: str) -> Markup:
    return Markup(
        '<a href="{}" target="_blank" rel="noopener" style="text-decoration:underline;'
        'color:var(--jp-content-link-color)">{}</a>'
    ).format(filename, text)
