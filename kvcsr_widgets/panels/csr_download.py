"""CSRs that were read, as one file to save; that they left for the CA is remembered."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as w

from kvcsr_widgets.panels.browser import DownloadButton
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.runbook.csr_files import Csr, csr_file
from kvcsr_widgets.runbook.handed_over import hand_over


class CsrDownload(w.VBox):
    """A button, hidden while there is nothing to save."""

    def __init__(self) -> None:
        self.notice = Notice()
        self.download = DownloadButton()
        self._found: tuple[Csr, ...] = ()
        self.download.observe(lambda _change: self.taken(), "saved")
        super().__init__([self.download, self.notice])
        self.offer(())

    def offer(self, found: Sequence[Csr]) -> None:
        """Offer these, or nothing."""
        self._found = tuple(found)
        self.notice.clear()
        self.download.layout.display = "" if found else "none"
        if found:
            file = csr_file(found)
            self.download.content, self.download.media = file.content, file.media
            self.download.filename = file.filename
            self.download.label = f"Save {file.filename}"
            self.notice.info("It is not saved yet.", "Press the button above.")

    def taken(self) -> None:
        """The file was saved: what it holds leaves for the CA."""
        self.notice.attempt(self._remember)

    def _remember(self) -> None:
        for each in self._found:
            hand_over(each.vault, each.name, each.csr)
        if self._found:
            some = "it" if len(self._found) == 1 else f"all {len(self._found):,}"
            self.notice.info(f"Remembered that {some} left for the CA.", "Next: notebook 02.")
