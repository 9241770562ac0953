"""The keys of a choice are its own: in a notebook they would be those of its cells."""

from __future__ import annotations

import anywidget


class OwnKeys(anywidget.AnyWidget):
    """Keeps arrows and letters for a choice that has the focus; nothing of it is seen.

    JupyterLab's keys for cells work in a cell's output, too, but for where text is typed: an arrow
    would go to another cell and not to the next offer, an X cut the cell with the whole panel out.
    It listens in the document; the window hears a key before that.
    """

    _esm = """
const LEFT = ["Tab", "Escape"];
function keep(event) {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !LEFT.includes(event.key);
  if (plain && event.target.matches?.(".kvcsr-card select")) event.stopPropagation();
}
function initialize() {
  window.addEventListener("keydown", keep, true);
  return () => window.removeEventListener("keydown", keep, true);
}
function render({ el }) {
  el.style.display = "none";
}
export default { initialize, render };
"""
