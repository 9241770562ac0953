"""What those who use a merged certificate will see of its chain, and who suffers from what.

The service's specification says one thing only: without preserve order the leaf comes first. The
rest was observed by others, and each statement tells by whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from cryptography import x509

from kvcsr_widgets.pki.chain import Chain, is_self_issued, ordered
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
    """What is in the secret of a certificate after a merge that sent ``sent`` in this order.

    ``pem`` and ``pfx`` are the certificates in the order of either content type. ``statements``
    say why; ``risks`` name the consumers that will have trouble, where there are any.
    """

    leaf: x509.Certificate
    sent: tuple[x509.Certificate, ...]
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
        return orders if len(self.sent) < 2 else (*orders, self._known)

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
    def risks(self) -> tuple[Statement, ...]:
        """Who will have trouble with this order, or with what is not there."""
        return tuple(_risks(self))


def to_send(chain: Chain, preserve_order: bool) -> tuple[x509.Certificate, ...]:
    """The certificates to merge, in the order that makes consumers see the leaf first.

    From the leaf up; with preserve order from the root down, since the vault then shows the
    reverse of what it was sent (polymind-inc/acmebot#1141).
    """
    return chain.certificates[::-1] if preserve_order else chain.certificates


def seen(
    leaf: x509.Certificate,
    sent: Sequence[x509.Certificate],
    preserve_order: bool,
    *,
    practice: bool = False,
) -> Seen:
    """What consumers will see where ``sent`` is merged in this order.

    ``practice`` is for the practice vault: it keeps a PFX in another order than a real one.
    """
    found = ordered(leaf, sent)
    sorted_up = (*found, *(each for each in sent if each not in found))
    pem = tuple(sent)[::-1] if preserve_order else sorted_up
    if practice:
        leaf_first = (leaf, *(each for each in pem if each != leaf))
        statement = PRACTICE_REVERSED if preserve_order else PRACTICE_SORTED
        return Seen(leaf, tuple(sent), pem, leaf_first, (statement,))
    if preserve_order:
        return Seen(leaf, tuple(sent), pem, pem, (REVERSED,))
    return Seen(leaf, tuple(sent), pem, pem[::-1], (LEAF_FIRST, SORTED, NOT_ALWAYS))


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

ENVOY = Statement(
    "Envoy takes the first certificate of a PEM for the key's own: it refuses this one with "
    "KEY_VALUES_MISMATCH, and goes on with the certificate it had.",
    Basis.OBSERVED,
    "rmbolger/Posh-ACME#683",
)
NGINX = Statement(
    "nginx does not start with it: “key values mismatch”.",
    Basis.OBSERVED,
    "Azure/secrets-store-csi-driver-provider-azure#103",
)
HAPROXY = Statement(
    "HAProxy does not start with it: “inconsistencies between private key and certificate”.",
    Basis.OBSERVED,
    "Azure/secrets-store-csi-driver-provider-azure#747",
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


def _risks(found: Seen) -> Iterator[Statement]:
    if found.pem[:1] != (found.leaf,):
        yield from (ENVOY, NGINX, HAPROXY)
    elif found.pfx[0] != found.leaf:
        yield CONVERTERS
    if len(found.sent) > 1:
        yield MACHINES
    elif not is_self_issued(found.leaf):
        yield GATEWAY
