"""What was typed reaches the kernel before what was pressed after it."""

from __future__ import annotations

import anywidget
import ipywidgets as w
import traitlets as t


class Unsent(anywidget.AnyWidget):
    """Shows nothing. Sends the texts below ``root``, a widget's id, before a click on the page.

    While the kernel is at work on a text, ipywidgets holds back what is typed on in it, but no
    click and no choice: a request would be sent with half a name. The held text is a member that
    ipywidgets does not document; without it, all is as it was (tests/browser/test_slow_kernel.py).
    """

    _esm = """
const EVENTS = ["click", "change"];
function send(model) {
  for (const child of model.get("children") || []) send(child);
  if (!model._msg_buffer) return;
  const id = model.send_sync_message(model._msg_buffer, model._msg_buffer_callbacks);
  model.rememberLastUpdateFor(id);
  model._msg_buffer = model._msg_buffer_callbacks = null;
}
async function render({ model }) {
  const root = await model.widget_manager.get_model(model.get("root"));
  const first = () => send(root);
  for (const name of EVENTS) document.addEventListener(name, first, true);
  return () => {
    for (const name of EVENTS) document.removeEventListener(name, first, true);
  };
}
export default { render };
"""
    root = t.Unicode(read_only=True).tag(sync=True)

    def __init__(self, root: w.Widget) -> None:
        super().__init__(layout=w.Layout(display="none"))
        self.set_trait("root", root.model_id)
