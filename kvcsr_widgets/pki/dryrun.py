"""What the CSR will hold, told from the plan alone: no key is made and nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509

from kvcsr_widgets.pki import altnames, facts
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.requested import requested
from kvcsr_widgets.pki.subject import Subject, name_text

ASKED, DEFAULTED, ALWAYS = "as asked", "the vault's default", "always"
"""Why something is in the CSR."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """The name and the extensions of the CSR that the vault will make for ``plan``.

    As every recorded CSR has them (``pki.subject``, ``pki.requested``).
    """

    plan: CertificatePlan
    subject: x509.Name
    extensions: x509.Extensions

    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """What the CSR will say, as label, value and reason, in its order."""
        plan, names = self.plan, altnames.held(self.extensions)
        parts = " → ".join(name_text(x509.Name([rdn])) for rdn in self.subject.rdns)
        usage = ", ".join(facts.key_usages(self.extensions)) or "(none)"
        ekus = ", ".join(facts.extended_key_usages(self.extensions)) or "(none)"
        place = "in an HSM" if plan.hsm else "made in the vault"
        return (
            ("Subject, in the CSR's order", parts or "(none)", ASKED),
            ("Names", ", ".join(map(str, names)) or "(none)", ASKED),
            ("Key", f"{plan.key.label}, {place}", ASKED),
            ("Key usage (critical)", usage, _why(plan.key_usage)),
            ("Extended key usage", ekus, _why(plan.ekus)),
            ("Basic constraints", "not a CA", ALWAYS),
        )


def dry_run(plan: CertificatePlan) -> DryRun:
    """The CSR that a plan leads to. Raises PlanError for one that cannot be sent."""
    plan.check()
    extensions = requested(plan.expected_key_usage, plan.expected_ekus, plan.names.extension)
    return DryRun(plan, Subject.parse(plan.subject).name, x509.Extensions(extensions))


def _why(said: object) -> str:
    return DEFAULTED if said is None else ASKED
