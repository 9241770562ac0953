"""What those who use a merged certificate will see of its chain, and who suffers from what.

The service's specification says one thing only: without preserve order the leaf comes first. The
rest was observed by others, and each statement tells by whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cryptography import x509

from kvcsr_widgets.pki.chain import Chain, is_self_issued
from kvcsr_widgets.pki.facts import UNREADABLE, unwarned
from kvcsr_widgets.pki.subject import short_name


class Basis(Enum):
    """How a statement is known."""

    SPECIFIED = "specified"
    OBSERVED = "seen by others"
    PRACTICE = "the practice vault"


@dataclass(frozen=True)
class Statement:
    """A sentence, how it is known, and where that is written (a repository's issue by number)."""

    text: str
    basis: Basis
    source: str


@dataclass(frozen=True)
class Seen:
    """What is in the secret of a certificate after its merge.

    ``pem`` and ``pfx`` are the certificates in the order of either content type; the former begins
    with the leaf. ``statements`` say why.
    """

    pem: tuple[x509.Certificate, ...]
    pfx: tuple[x509.Certificate, ...]
    statements: tuple[Statement, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The two orders in words, and how they are known."""
        if self.pem == self.pfx:
            orders: tuple[str, ...] = (f"PEM and PFX consumers will see: {_path(self.pem)}",)
        else:
            orders = (
                f"PEM consumers will see: {_path(self.pem)}",
                f"PFX consumers will see: {_path(self.pfx)}",
            )
        return orders if len(self.pem) < 2 else (*orders, self._known)

    @property
    def in_short(self) -> str:
        """The two orders on one line, as what would be with another request."""
        if self.pem == self.pfx:
            return f"PEM and PFX consumers would see: {_path(self.pem)}"
        return f"PEM consumers would see: {_path(self.pem)}; PFX consumers: {_path(self.pfx)}"

    @property
    def _known(self) -> str:
        first = self.statements[0]
        if first.basis is Basis.PRACTICE:
            return first.text
        sources = {each.basis: each.source for each in reversed(self.statements)}
        only = "only that the leaf comes first" if Basis.SPECIFIED in sources else "nothing of it"
        return f"So it was seen by others ({sources[Basis.OBSERVED]}); the service promises {only}."

    @property
    def risk(self) -> Statement | None:
        """Who will most have trouble with this order, or with what is not there, if anybody."""
        if self.pfx[0] != self.pem[0]:
            return CONVERTERS
        if len(self.pem) > 1:
            return MACHINES
        return None if is_self_issued(self.pem[0]) else GATEWAY


def to_send(chain: Chain, preserve_order: bool) -> tuple[x509.Certificate, ...]:
    """The certificates to merge, in the order that makes consumers see the leaf first.

    From the leaf up; with preserve order from the root down, since the vault then shows the
    reverse of what it was sent (polymind-inc/acmebot#1141).
    """
    return chain.certificates[::-1] if preserve_order else chain.certificates


def seen(chain: Chain, preserve_order: bool, *, practice: bool = False) -> Seen:
    """What consumers will see of a chain that is merged in the order of ``to_send``.

    ``practice`` is for the practice vault: it keeps a PFX in another order than a real one.
    """
    up = chain.certificates
    if practice:
        return Seen(up, up, (PRACTICE_REVERSED if preserve_order else PRACTICE_SORTED,))
    if preserve_order:
        return Seen(up, up, (REVERSED,))
    return Seen(up, up[::-1], (LEAF_FIRST, SORTED, NOT_ALWAYS))


LEAF_FIRST = Statement(
    "Without preserve order, the vault puts the leaf first.",
    Basis.SPECIFIED,
    "preserveCertOrder in the Key Vault REST API, from 7.6 on",
)
SORTED = Statement(
    "It sorts the chain: a PEM secret runs from the leaf to the root, a PFX secret from the root "
    "to the leaf.",
    Basis.OBSERVED,
    "Azure/notation-azure-kv#136",
)
NOT_ALWAYS = Statement(
    "Some merged chains came out with an intermediate or the root first.",
    Basis.OBSERVED,
    "polymind-inc/acmebot#984, #458",
)
PRACTICE_SORTED = Statement(
    "The practice vault writes both PEM and PFX from the leaf to the root; real ones were seen to "
    "write a PFX from the root to the leaf.",
    Basis.PRACTICE,
    "without preserve order",
)
REVERSED = Statement(
    "With preserve order, PEM and PFX hold the reverse of the order sent: send the root first.",
    Basis.OBSERVED,
    "polymind-inc/acmebot#1141",
)
PRACTICE_REVERSED = Statement(
    "The practice vault reverses the order sent too; in its PFX the leaf is always first.",
    Basis.PRACTICE,
    "with preserve order",
)

CONVERTERS = Statement(
    "A tool that copies a PFX into PEM as it stands, such as akv2k8s, hands on the root first; "
    "Envoy and nginx refuse that. For those, create the request with PEM as the content type or "
    "with preserve order.",
    Basis.OBSERVED,
    "rmbolger/Posh-ACME#683",
)
GATEWAY = Statement(
    "Application Gateway sends its clients what the secret holds: without the intermediate, those "
    "that do not fetch it themselves refuse the connection.",
    Basis.OBSERVED,
    "MicrosoftDocs/azure-docs#52156",
)
MACHINES = Statement(
    "On virtual machines only the leaf was seen to be installed, even from a whole chain: install "
    "the intermediate there by itself.",
    Basis.OBSERVED,
    "MicrosoftDocs/azure-docs#82154, Azure/azure-cli#13766",
)


def _path(certificates: Sequence[x509.Certificate]) -> str:
    return ", then ".join(_name(each) for each in certificates)


@unwarned()
def _name(certificate: x509.Certificate) -> str:
    try:
        return short_name(certificate.subject, limit=40) or "(no subject)"
    except UNREADABLE:
        return "(cannot be read)"
