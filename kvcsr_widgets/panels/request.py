"""The form for a new request, or for a new version of a certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import ipywidgets as w
import traitlets as t

from kvcsr_widgets.errors import InputError, VaultError
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.fields import Fields
from kvcsr_widgets.panels.inputs import Input
from kvcsr_widgets.panels.later import Later
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.policyfile import PolicyFile
from kvcsr_widgets.panels.preview import Preview
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.template import TemplatePicker
from kvcsr_widgets.pki.advice import advice
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.policy_reader import ReadPolicy
from kvcsr_widgets.runbook.availability import State
from kvcsr_widgets.runbook.progress import by_hand
from kvcsr_widgets.runbook.step_rules import creating
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

FILES = "Policy as JSON"


class RequestForm(w.VBox):
    """Asks for everything that a policy says, and has the vault make the CSR.

    ``typed`` are the plan's members that a person has filled in: no template changes them.
    ``shown`` is the plan that was shown last: it changes with each edit.
    """

    shown = t.Instance(CertificatePlan, allow_none=True, read_only=True)

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self.typed: set[str] = set()
        self.template = TemplatePicker(self._use_template)
        self.notice = Notice()
        self.fields = Fields(self._edited)
        self.preview = Preview(desk, self.notice, self._follow, self._start_from)
        self.policy = PolicyFile(self.fill)
        self.files = Sections({FILES: self.policy})
        self.button = layout.primary("Create the CSR")
        self.elsewhere = Elsewhere()
        self._issuers = Later(self.notice)
        self.files.toggles[FILES].observe(lambda _change: self._follow(), "value")
        self.button.on_click(lambda _button: self.submit())
        self._observed = True
        desk.observe(self._vault_changed, ["vault", "readings"])
        self.card = self._frame(step)
        super().__init__([self.card])
        self._vault_changed()

    @property
    def plan(self) -> CertificatePlan:
        """The request as it is filled in."""
        return self.fields.plan

    def submit(self) -> Operation | None:
        """Check everything, then create. Returns the request, or None if there is none."""
        self.notice.clear()
        self.preview.made = ""
        self.fields.touched.update(self.fields.inputs)
        self._follow()
        if self.fields.problems():
            self.fields.focus_first_problem()
            self.notice.fail(InputError("Nothing was sent: look at the fields above."))
            return None
        made = self.notice.attempt(self._create)
        self._stand()
        return made

    def close(self) -> None:
        """Follow the desk no more, and leave the page."""
        if self._observed:
            self.desk.unobserve(self._vault_changed, ["vault", "readings"])
        self._observed = False
        self._issuers.forget()
        self.preview.forget()
        super().close()

    def fill(self, plan: CertificatePlan) -> None:
        """Take over a plan, as from a policy that was read; its fields count as typed."""
        self.fields.put(plan)
        self.typed.update(name for each in self.fields.inputs.values() for name in each.members)
        self.preview.ask(self.plan.name)
        self._follow()

    def _create(self) -> Operation | None:
        vault, plan = self.desk.vault, self.plan
        if vault is None:
            self.notice.info("No vault is open.", "Press Connect above, then create the CSR.")
            return None
        found = self.preview.look(vault, plan.name)
        if found.state is State.UNKNOWN and found.certificate is None:
            raise InputError(f"{found.sentence} Nothing was sent.", hint=found.hint)
        if found.certificate is not None and self._starts_anew(vault):
            return None
        self.notice.info("The vault makes the key and the CSR…")
        operation = vault.create(plan)
        self.preview.base = None
        self.preview.made = operation.request_id
        self.typed.clear()  # what was typed for this one is not for the next
        self.desk.add(operation, plan)
        self.notice.done(*_created(operation))
        return operation

    def _starts_anew(self, vault: Vault) -> bool:
        """Whether a new version had to be started from the policy that the vault has now."""
        current = vault.current(self.plan.name)
        if self.preview.base == current.plan:
            return False
        self._start_from(current)
        self.notice.info(
            f"“{self.plan.name}” exists, so this makes a new version. The form now starts from its "
            "current policy, but for what you typed. Nothing was sent yet.",
            " ".join(("Look at what differs, then press the button again.", *current.notes)),
        )
        return True

    def _start_from(self, current: ReadPolicy) -> None:
        """Start a new version from the certificate's current policy; what was typed stays."""
        mine = self.plan
        typed = {name: getattr(mine, name) for name in self.typed}
        self.fields.put(replace(current.plan, **(typed | {"name": mine.name})))
        self.preview.base = current.plan
        self._follow()

    def _use_template(self) -> None:
        plan = self.template.apply(self.plan, self.typed)
        self.fields.put(plan)
        self.template.tell(plan, self.typed)
        self._follow()

    def _edited(self, edited: Input) -> None:
        self.typed.update(edited.members)
        if "key" in edited.members:
            self._follow_key()
        if "name" in edited.members:
            self.preview.made = ""
            self.preview.ask(self.plan.name)
        self._follow()

    def _follow_key(self) -> None:
        """What depends on the key follows it, unless a person has said it."""
        self.fields.touched.add("exportable")
        if "exportable" not in self.typed:
            fitting = replace(self.plan, exportable=not self.plan.hsm)
            self.fields.put(fitting, only=("exportable",))
        if "key_usage" not in self.typed and self.preview.base is None:
            by_template = self.template.apply(self.plan, self.typed)
            self.fields.put(by_template, only=("key_usage",))

    def _vault_changed(self, change: Any = None) -> None:
        if change and change["name"] == "vault":
            self.preview.forget()
        vault = self.desk.vault
        self.preview.ask(self.plan.name)
        if vault is None:
            self._issuers.forget()
            self.fields.offer_issuers(None)
        else:
            self._issuers.ask(lambda: _issuer_names(vault), self.fields.offer_issuers)
        self._follow()

    def _follow(self) -> None:
        """Show what follows from what is filled in."""
        plan, today = self.plan, datetime.now(UTC).date()
        found = advice(plan, today, validation=self.template.validation)
        problems = self.fields.problems()
        self.fields.show(problems, [*self.preview.name_advice(), *found])
        self.preview.show_plan(plan, self.fields.unsaid(problems))
        label = "Create the CSR" if plan.by_hand else "Create the certificate"
        if self.button.description != label:
            self.button.description = label
        self.policy.plan = plan
        if self.files.toggles[FILES].value:
            self.policy.redraw()
        self.elsewhere.show(
            self.preview.steps(plan), self.desk.vault.url if self.desk.vault else ""
        )
        self.set_trait("shown", plan)
        self._stand()

    def _stand(self) -> None:
        problems = self.fields.problems()
        self.card.show(
            creating(
                vault_open=self.desk.vault is not None,
                found=self.preview.found,
                made=self.preview.made,
                unsaid=len(self.fields.unsaid(problems)),
                problems=len(problems),
            )
        )

    def _frame(self, step: int | None) -> Card:
        about = "The vault makes the key pair and a CSR, for any CA to sign."
        asked = (self.template, self.fields, self.files, self.preview)
        return Card("Request", about, *asked, self.button, self.notice, self.elsewhere, step=step)


def _created(operation: Operation) -> tuple[str, str]:
    """That a request is made, and what comes next."""
    if by_hand(operation):
        return (
            f"“{operation.name}” is created; its private key is in the vault and stays there.",
            "Next: its CSR goes to your CA.",
        )
    return (
        f"“{operation.name}” is asked of issuer {operation.issuer}, which completes it.",
        "Next: see in notebook 04 when it is issued. There is nothing to merge.",
    )


def _issuer_names(vault: Vault) -> tuple[str, ...] | None:
    """The issuers that the vault has, or None where it does not tell."""
    try:
        return tuple(issuer.name for issuer in vault.issuers.all())
    except VaultError:
        return None
