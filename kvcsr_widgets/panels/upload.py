"""Choose files on one's own machine; they come in pieces, and are no state of the widget."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from kvcsr_widgets.pki.replies import MAX_FILES, MAX_TOTAL_BYTES

MAX_NAME = 1_000
"""Characters of a file's name that are kept."""

_HERE = Path(__file__).parent


class Upload(anywidget.AnyWidget):
    """A button that opens the browser's choice of files.

    ``value`` has name and bytes of each file that was chosen last; () puts them away. They stay in
    the kernel: a notebook that saves its widgets' state holds nothing of them. Files of more than
    ``most`` bytes together, or more than ``MAX_FILES``, are not brought at all, which the button
    says; nor are such of which something was lost on the way. ipywidgets' own upload sends all
    files in one message, and a server ends the connection for one of more than 10 MiB.
    """

    _esm = _HERE / "upload.js"
    description = t.Unicode("Choose a file").tag(sync=True)
    accept = t.Unicode().tag(sync=True)
    multiple = t.Bool(default_value=False).tag(sync=True)
    most = t.Int(MAX_TOTAL_BYTES).tag(sync=True)
    most_files = t.Int(MAX_FILES, read_only=True).tag(sync=True)
    value = t.Tuple()

    def __init__(self, description: str, **values: Any) -> None:
        super().__init__(description=description, **values)
        self._bound = self.most  # a browser may change what it has of a widget
        self._coming: _Coming | None = None
        self.on_msg(lambda _widget, said, buffers: self._told(said, buffers))

    def _told(self, said: dict[str, Any], buffers: Sequence[Any]) -> None:
        """What the button of some page brings; only the choice that began last counts."""
        if "begin" in said:
            self._coming = _Coming(said.get("choice"), _announced(said["begin"], self._bound))
        coming = self._coming
        if coming is None or coming.choice != said.get("choice"):
            return
        if "piece" in said:
            for piece in buffers:
                coming.take(said["piece"], piece)
        elif "end" in said:
            self._coming = None
            if not coming.is_whole:
                self.send({"do": "lost"})
            self.value = coming.files if coming.is_whole else ()


class _Coming:
    """The files of one choice, as they come; ``announced`` tells names and lengths in bytes."""

    def __init__(self, choice: object, announced: list[tuple[str, int]] | None) -> None:
        self.choice, self._announced = choice, announced
        self._pieces = [bytearray() for _file in announced or ()]

    def take(self, place: object, piece: Any) -> None:
        """A piece of a file, by its place among them; what it has no room for is left out."""
        if self._announced is None or not isinstance(place, int):
            return
        if 0 <= place < len(self._pieces):
            there, (_name, length) = self._pieces[place], self._announced[place]
            if len(there) + len(piece) <= length:
                there += piece

    @property
    def is_whole(self) -> bool:
        """Whether everything has come that was announced."""
        if self._announced is None:
            return False
        lengths = [length for _name, length in self._announced]
        return lengths == [len(each) for each in self._pieces]

    @property
    def files(self) -> tuple[tuple[str, bytes], ...]:
        """Name and bytes of each."""
        names = (name for name, _length in self._announced or ())
        return tuple(zip(names, map(bytes, self._pieces), strict=True))


def _announced(files: Any, most: int) -> list[tuple[str, int]] | None:
    """Names and lengths as the browser tells them; None where they are too much."""
    if not isinstance(files, list) or len(files) > MAX_FILES:
        return None
    found = [(str(name)[:MAX_NAME], int(length)) for name, length in files]
    lengths = [length for _name, length in found]
    return found if min(lengths, default=0) >= 0 and sum(lengths) <= most else None
