"""CSRs that were read, as one file to save; that they left for the CA is remembered."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as w

from kvcsr_widgets.panels.browser import Download, MakingButton
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.runbook.csr_files import Csr, csr_file, csr_file_name
from kvcsr_widgets.runbook.handed_over import MAX_KEPT, hand_over_all


class CsrDownload(w.VBox):
    """A button, hidden while there is nothing to save."""

    def __init__(self) -> None:
        self.notice = Notice()
        self.download = MakingButton(self.file)
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
            self.download.label = f"Save {csr_file_name(found)}"
            self.notice.info("It is not saved yet.", "Press the button above.")

    def taken(self) -> None:
        """The file was saved: what it holds leaves for the CA."""
        self.notice.attempt(self._remember)

    def file(self) -> Download | None:
        """The file; several hundred CSRs are no state of a widget, which a notebook may save."""
        if not self._found:
            return None
        file = csr_file(self._found)
        return Download(file.filename, file.media, file.content)

    def _remember(self) -> None:
        count = len(self._found)
        if count:
            hand_over_all((each.vault, each.name, each.csr) for each in self._found)
            some = "it" if count == 1 else f"all {count:,}"
            if count > MAX_KEPT:
                some = f"the last {MAX_KEPT:,} of {count:,}"
            self.notice.info(f"Remembered that {some} left for the CA.", "Next: notebook 02.")
