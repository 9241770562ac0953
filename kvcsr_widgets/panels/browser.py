"""Buttons that need the browser: they copy a text or save a file. All work offline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anywidget
import traitlets as t

_DRAW = """
function draw(model, el, act) {
  const button = document.createElement("button");
  button.className = "jupyter-widgets jupyter-button widget-button";
  if (model.get("primary")) button.classList.add("mod-primary");
  button.style.width = "auto";
  const show = () => {
    button.textContent = model.get("label");
    button.disabled = model.get("disabled");
  };
  model.on("change:label change:disabled", show);
  button.addEventListener("click", () => act(button, show));
  show();
  el.appendChild(button);
}
"""


class CopyButton(anywidget.AnyWidget):
    """Copies ``text`` to the clipboard, by the old way where a page without TLS has no other.

    ``copied`` counts how often it did.
    """

    _esm = (
        _DRAW
        + """
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.appendChild(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
function render({ model, el }) {
  draw(model, el, async (button, show) => {
    try {
      await copy(model.get("text"));
      button.textContent = "Copied";
      model.set("copied", model.get("copied") + 1);
      model.save_changes();
    } catch (error) {
      button.textContent = "Select and copy the text by hand";
    }
    setTimeout(show, 2000);
  });
}
export default { render };
"""
    )
    label = t.Unicode("Copy").tag(sync=True)
    text = t.Unicode().tag(sync=True)
    copied = t.Int().tag(sync=True)
    disabled = t.Bool(default_value=False).tag(sync=True)


_SAVE = """
function save(content, media, filename) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: media }));
  link.download = filename;
  document.body.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
"""


class DownloadButton(anywidget.AnyWidget):
    """Saves ``content`` as ``filename`` in the browser; ``saved`` counts how often it did.

    ``primary`` is whether it is its panel's main button.
    """

    _esm = (
        _DRAW
        + _SAVE
        + """
function render({ model, el }) {
  draw(model, el, () => {
    save(model.get("content"), model.get("media"), model.get("filename"));
    model.set("saved", model.get("saved") + 1);
    model.save_changes();
  });
}
export default { render };
"""
    )
    label = t.Unicode("Download").tag(sync=True)
    filename = t.Unicode().tag(sync=True)
    content = t.Bytes().tag(sync=True)
    media = t.Unicode("application/octet-stream").tag(sync=True)
    saved = t.Int().tag(sync=True)
    primary = t.Bool(default_value=False).tag(sync=True)
    disabled = t.Bool(default_value=False).tag(sync=True)


@dataclass(frozen=True)
class Download:
    """A file for the browser to save; ``media`` is its MIME type."""

    filename: str
    media: str
    content: bytes = field(repr=False)


class MakingButton(anywidget.AnyWidget):
    """Saves a file that is made when it is asked for, and that is kept nowhere.

    ``make`` gives the file, or None where there is none, and tells why itself. It goes to the
    browser once, in a message of its own: it is no state of the widget, which a notebook may save.
    ``saved`` counts how often the browser saved one; ``primary`` is as in ``DownloadButton``.
    """

    _esm = (
        _DRAW
        + _SAVE
        + """
const PATIENCE = 60000;
function render({ model, el }) {
  let waiting = null;
  const ended = (show) => {
    clearTimeout(waiting);
    waiting = null;
    show();
  };
  draw(model, el, (button, show) => {
    if (waiting !== null) return;
    const answered = (answer, buffers) => {
      model.off("msg:custom", answered);
      ended(show);
      if (!answer.filename) return;
      save(buffers[0], answer.media, answer.filename);
      model.set("saved", model.get("saved") + 1);
      model.save_changes();
    };
    button.textContent = "Making the file…"; // and not disabled, which would take the focus away
    model.on("msg:custom", answered);
    waiting = setTimeout(() => {
      model.off("msg:custom", answered);
      ended(show);
    }, PATIENCE);
    model.send({ wanted: true });
  });
}
export default { render };
"""
    )
    label = t.Unicode("Download").tag(sync=True)
    saved = t.Int().tag(sync=True)
    primary = t.Bool(default_value=False).tag(sync=True)
    disabled = t.Bool(default_value=False).tag(sync=True)

    def __init__(self, make: Callable[[], Download | None], **values: Any) -> None:
        super().__init__(**values)
        self._make = make
        self.on_msg(lambda _widget, asked, _buffers: self.answer(asked))

    def answer(self, asked: dict[str, Any]) -> None:
        """Send the browser the file that it wants."""
        if not asked.get("wanted"):
            return
        file = self._make()
        if file is None:
            self.send({"filename": ""})
        else:
            self.send({"filename": file.filename, "media": file.media}, [file.content])
