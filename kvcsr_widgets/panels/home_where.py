"""What the home finder reads: files or a folder, and which vaults."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.chosen import chosen
from kvcsr_widgets.panels.inputs import look
from kvcsr_widgets.panels.others import Others
from kvcsr_widgets.panels.reply import MAX_NAME
from kvcsr_widgets.panels.upload import Upload
from kvcsr_widgets.pki.replies import ReplyFile, read_replies
from kvcsr_widgets.runbook.folder import ENDINGS
from kvcsr_widgets.runbook.search import Search

WHY_VERSIONS = (
    "To learn which certificate a reply was merged as, last year's too. It reads every version, "
    "so it takes longer."
)


class Where(w.VBox):
    """The inputs of a search.

    ``replies`` is what was read from the files that were chosen. Their contents are put away at
    once: a private key may be among them, and a notebook may save what stands in its widgets.
    """

    def __init__(self) -> None:
        self.replies: tuple[ReplyFile, ...] = ()
        self.upload = Upload("Choose files or a .zip", accept=",".join(ENDINGS), multiple=True)
        self.folder = w.Text(
            description="And a folder",
            placeholder="where JupyterLab runs, e.g. /home/me/replies",
            **look(),
        )
        self.versions = w.Checkbox(description="Search finished versions too", **look())
        self.others = Others()
        self.chosen = w.HTML()
        self.clear_button = w.Button(description="Clear", layout=layout.fitting())
        self.upload.observe(self._uploaded, "value")
        self.folder.observe(lambda _change: self._offer_to_clear(), "value")
        self.clear_button.on_click(lambda _button: self.clear())
        files = (self.upload, self.chosen, self.folder, self.clear_button)
        vaults = (self.versions, w.HTML(html.field_help(WHY_VERSIONS)), self.others)
        super().__init__([*files, *vaults])
        self._offer_to_clear()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.replies and not str(self.folder.value).strip()

    def clear(self) -> None:
        """Put the files and the folder away."""
        self.replies = ()
        self.folder.value = ""
        layout.put(self.chosen, "")
        self._offer_to_clear()
        self.upload.focus()  # the button that had the focus is gone

    def wanted(self) -> Search:
        """What to search. Raises InputError for nothing to look for, or too many vaults."""
        folder = str(self.folder.value)
        if self.is_empty:
            raise InputError(
                "There is no file to look for.", hint="Choose the CA's files, or name a folder."
            )
        others = self.others.chosen()
        return Search(self.replies, folder, versions=self.versions.value, others=others)

    def _uploaded(self, _change: Any) -> None:
        files = [(name[:MAX_NAME], content) for name, content in self.upload.value]
        if files:  # not when they are put away
            self.replies = tuple(read_replies(files))
            self.upload.value = ()
            layout.put(self.chosen, chosen([name for name, _data in files]))
        self._offer_to_clear()

    def _offer_to_clear(self) -> None:
        something = self.replies or self.folder.value
        self.clear_button.layout.display = "" if something else "none"
