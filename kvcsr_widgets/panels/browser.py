"""Two buttons that need the browser: one copies a text, one saves a file. Both work offline."""

from __future__ import annotations

import anywidget
import traitlets as t

_DRAW = """
function draw(model, el, act) {
  const button = document.createElement("button");
  button.className = "jupyter-widgets jupyter-button widget-button";
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


class DownloadButton(anywidget.AnyWidget):
    """Saves ``content`` as ``filename`` in the browser; ``saved`` counts how often it did."""

    _esm = (
        _DRAW
        + """
function render({ model, el }) {
  draw(model, el, () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([model.get("content")], { type: model.get("media") }));
    link.download = model.get("filename");
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
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
    disabled = t.Bool(default_value=False).tag(sync=True)
