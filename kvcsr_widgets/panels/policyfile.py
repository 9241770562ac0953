"""The policy as JSON, in and out, in the shapes of other tools."""

from __future__ import annotations

import json
from collections.abc import Callable

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.errors import PlanError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.browser import CopyButton, DownloadButton
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.upload import Upload
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.policy_json import cli_losses, for_cli, for_portal, for_rest, policy_losses
from kvcsr_widgets.pki.policy_reader import read_policy

REST, CLI, PORTAL = "REST", "Azure CLI", "Portal"
SHAPES = {REST: for_rest, CLI: for_cli, PORTAL: for_portal}
"""The shapes that are written, by whose they are."""

WITHOUT = (
    "A policy says nothing of tags, of “enabled” and of the chain's order; “Portal” has them too."
)


class PolicyFile(w.VBox):
    """Shows ``plan`` as policy JSON, and reads one that is pasted or uploaded.

    ``taken`` is called with the plan that was read.
    """

    def __init__(self, taken: Callable[[CertificatePlan], None]) -> None:
        self._taken = taken
        self.plan = CertificatePlan("")
        self.shape = w.ToggleButtons(options=list(SHAPES), description="Shape")
        self.about = w.HTML()
        self.text = w.HTML()
        self.copy = CopyButton(label="Copy the policy")
        self.download = DownloadButton(label="Download the policy", media="application/json")
        self.pasted = w.Textarea(
            description="Paste a policy",
            placeholder="JSON of the REST API, the Azure CLI or the portal",
            rows=4,
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.upload = Upload("Or choose a file", accept=".json")
        self.button = w.Button(description="Fill the form from it", layout=layout.fitting())
        self.notice = Notice()
        self.shape.observe(lambda _change: self.redraw(), "value")
        self.upload.observe(lambda _change: self._uploaded(), "value")
        self.button.on_click(lambda _button: self.submit())
        buttons = w.HBox([self.copy, self.download])
        super().__init__(
            [
                *(self.shape, self.about, self.text, buttons),
                *(self.pasted, self.upload, self.button, self.notice),
            ]
        )

    def redraw(self) -> None:
        """Show the policy of ``plan``."""
        text = json.dumps(SHAPES[self.shape.value](self.plan), indent=2, ensure_ascii=False)
        layout.put(self.about, _about(self.plan, self.shape.value))
        self.text.value = str(html.code(text))
        self.copy.text = text
        self.download.content = text.encode()
        self.download.filename = f"{self.plan.name or 'policy'}-policy.json"

    def submit(self) -> CertificatePlan | None:
        """Read what was pasted and hand it on. Returns the plan, or None for no policy."""
        return self.notice.attempt(lambda: self._read(self.pasted.value))

    def _uploaded(self) -> None:
        if self.upload.value:
            ((_name, data),) = self.upload.value
            self.upload.value = ()
            self.notice.attempt(lambda: self._read(data.decode("utf-8-sig", "replace")))

    def _read(self, text: str) -> CertificatePlan:
        found = read_policy(text, name=self.plan.name)
        wrong = [p for p in found.plan.problems() if p.field not in ("name", "subject", "names")]
        if wrong:  # the form's widgets would mend it without a word
            raise PlanError(wrong)
        self._taken(found.plan)
        title = f"The form is filled. Read as: {found.shape.value}."
        self.notice.done(title, " ".join(found.notes))
        return found.plan


def _about(plan: CertificatePlan, shape: str) -> str:
    """What a reader of this shape will miss, and what no vault will take."""
    wrong = [problem.message for problem in plan.problems() if problem.field != "name"]
    said = html.note("look", "No vault takes this policy yet.", wrong) if wrong else Markup("")
    if shape == PORTAL:
        return said
    lost = policy_losses(plan)
    if lost:
        said += html.note("look", f"Left out, as a policy has no place for it: {', '.join(lost)}.")
    for loss in cli_losses(plan) if shape == CLI else ():
        said += html.note("look", loss)
    return said + html.muted(WITHOUT)
