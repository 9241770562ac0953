"""The whole job in another tool: its steps for one certificate, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kvcsr_widgets.errors import AddressError, Problem
from kvcsr_widgets.pki.names_text import read_names
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.commands.place import Place
from kvcsr_widgets.runbook.commands.steps import Form

ENDINGS = {Form.PKCS7_DER: "p7b", Form.PKCS7_PEM: "p7b", Form.PEM: "crt", Form.DER: "cer"}
"""What the CA's file is called, by its form."""

MONTHS = 6
"""The validity to ask for: the vault's default of 12 is more than a public CA may issue."""


@dataclass(frozen=True, slots=True)
class Tour:
    """What the steps are about: the vault's URL, the certificate, and how the CA's file comes.

    ``names`` is text as a person types it, ``form`` how the CA's file holds the certificates.
    """

    vault_url: str
    name: str
    subject: str
    names: str = ""
    form: Form = Form.PKCS7_DER

    @property
    def plan(self) -> CertificatePlan:
        """The request."""
        names = read_names(self.names).names
        return CertificatePlan(self.name, self.subject, names=names, validity_months=MONTHS)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that stands against writing the steps, a sentence each."""
        return tuple(self._problems())

    @property
    def steps(self) -> tuple[steps.Step, ...]:
        """The job's steps; between the download and the merge, the CA signs."""
        name = self.name
        filename = f"{steps.stem(name)}.{ENDINGS[self.form]}"
        return (
            steps.SignIn(),
            steps.Create(self.plan),
            steps.DownloadCsr(name),
            steps.Merge(name, filename, self.form),
            steps.ShowOperation(name),
            steps.ShowCertificate(name),
        )

    def _problems(self) -> Iterator[Problem]:
        try:
            Place.of(self.vault_url)
        except AddressError as error:
            yield Problem("vault_url", error.message, error.hint)
        yield from read_names(self.names).problems()
        yield from self.plan.problems()
