"""Where a person puts what the CA sent: files, a zip, or pasted text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError, PrivateKeyError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.chosen import chosen
from kvcsr_widgets.panels.upload import Upload
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.replies import read_as_one
from kvcsr_widgets.pki.signed import SignedFile

PASTED = "pasted text"
MAX_NAME = 200
"""Characters of a file's name that are kept."""

HELP = (
    "As it came: .cer, .crt, .pem, .der, .p7b, a .pfx without a key, a .zip, a saved mail, or "
    "several files at once. The .csr that you sent may come along: it tells whether the request "
    "was made again since."
)


@dataclass(frozen=True)
class Reply:
    """What was put in: the certificates, and the CSR that was sent where it came along."""

    signed: SignedFile
    sent: SigningRequest | None = None


class ReplyInput(w.VBox):
    """Files and text of a CA; ``changed`` is called when there is something else in it."""

    def __init__(self, changed: Callable[[], object]) -> None:
        self._changed = changed
        self._clearing = False
        self.upload = Upload("Choose the CA's files", multiple=True)
        self.pasted = w.Textarea(
            description="Or paste it",
            placeholder="-----BEGIN CERTIFICATE-----",
            rows=3,
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.upload.observe(self._told, "value")
        self.pasted.observe(self._told, "value")
        self.chosen = w.HTML()
        super().__init__([self.upload, self.chosen, w.HTML(html.muted(HELP)), self.pasted])

    @property
    def _names(self) -> list[str]:
        found = [name[:MAX_NAME] for name, _content in self.upload.value]
        return [*found, PASTED] if self.pasted.value.strip() else found

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each file, the pasted text last."""
        found = [(name[:MAX_NAME], content) for name, content in self.upload.value]
        if self.pasted.value.strip():
            found.append((PASTED, self.pasted.value.encode(errors="replace")))
        return found

    def read(self) -> Reply | None:
        """What is in it, None if nothing is.

        Raises SignedFileError if it holds no certificate, PrivateKeyError if it holds a private
        key: then all is put away, as a notebook may save what stands in its widgets.
        """
        if not (files := self.files):
            return None
        sent, rest = _without_csr(files)
        try:
            return Reply(read_as_one(rest), sent)
        except PrivateKeyError:
            self.clear()
            raise

    def clear(self) -> None:
        """Put everything away; nobody is told."""
        self._clearing = True
        self.upload.value = ()
        self.pasted.value = ""
        self._clearing = False
        self.chosen.value = ""

    def _told(self, _change: Any) -> None:
        layout.put(self.chosen, chosen(self._names))
        if not self._clearing:
            self._changed()


def _without_csr(
    files: list[tuple[str, bytes]],
) -> tuple[SigningRequest | None, list[tuple[str, bytes]]]:
    """The CSR among several files, and the other files; a CSR alone is no reply and stays."""
    if len(files) < 2:
        return None, files
    for place, (_name, data) in enumerate(files):
        try:
            return SigningRequest.from_file(data), files[:place] + files[place + 1 :]
        except InputError:
            continue
    return None, files
