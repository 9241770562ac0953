"""Choose files on one's own machine; they come in pieces, and are no state of the widget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from kvcsr_widgets.pki.replies import MAX_TOTAL_BYTES

_HERE = Path(__file__).parent


class Upload(anywidget.AnyWidget):
    """A button that opens the browser's choice of files.

    ``value`` has name and bytes of each file that was chosen last; () puts them away. They stay in
    the kernel: a notebook that saves its widgets' state holds nothing of them. Files of more than
    ``most`` bytes together are not brought at all, which the button says. ipywidgets' own upload
    sends all files in one message, and a server ends the connection for one of more than 10 MiB.
    """

    _esm = _HERE / "upload.js"
    description = t.Unicode("Choose a file").tag(sync=True)
    accept = t.Unicode().tag(sync=True)
    multiple = t.Bool(default_value=False).tag(sync=True)
    most = t.Int(MAX_TOTAL_BYTES).tag(sync=True)
    value = t.Tuple()

    def __init__(self, description: str, **values: Any) -> None:
        super().__init__(description=description, **values)
        self._names: list[str] = []
        self._pieces: list[bytearray] = []
        self._left = 0
        self.on_msg(lambda _widget, said, buffers: self._told(said, buffers))

    def _told(self, said: dict[str, Any], buffers: list[Any]) -> None:
        """What the button of some page brings; what it has no place for is left out."""
        if "begin" in said:
            self._names = [str(name) for name in said["begin"]]
            self._pieces = [bytearray() for _name in self._names]
            self._left = self.most
        elif "piece" in said and 0 <= said["piece"] < len(self._pieces):
            for piece in buffers:
                self._left -= len(piece)
                if self._left >= 0:
                    self._pieces[said["piece"]] += piece
        elif "end" in said:
            files = zip(self._names, map(bytes, self._pieces), strict=True)
            self._names, self._pieces = [], []
            self.value = tuple(files)
