"""Drills on what the CA made of a request."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.issued import in_use, in_use_by_a_ca, is_open, names
from kvcsr_widgets.drills.looking import NOT_EXPORTABLE, chain, plan, signed, wrong
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki import facts

SHOP = plan("booking-contoso-com", "booking.contoso.com", "contoso.com", "www.contoso.com")


def _stage_dropped(scene: Scene) -> None:
    """The CA left the last name out."""
    sent = scene.vault.create(SHOP)
    scene.hand("booking-contoso-com.pem", wrong(scene, sent, "names-dropped"))


def _judge_dropped(scene: Scene) -> Verdict:
    found = in_use_by_a_ca(scene.vault, SHOP.name)
    if found is None:
        return Verdict(False, "“booking-contoso-com” has no certificate of the CA in use yet.")
    lacks = sorted(set(SHOP.names.dns) - names(found))
    if lacks:
        return Verdict(
            False,
            f"The certificate in use does not stand for {', '.join(lacks)}. What is merged stays "
            "so: stage the drill again.",
        )
    return Verdict(True, "“booking-contoso-com” stands for all three names.")


DROPPED = Drill(
    code="name-dropped",
    title="ERR_CERT_COMMON_NAME_INVALID at one of three addresses",
    story="booking.contoso.com, contoso.com and www.contoso.com were asked for, and the CSR has "
    "all three. booking-contoso-com.pem came. Its forerunner was merged unread, and browsers "
    "refused one of the three addresses.",
    task="Get a certificate into use that stands for all three names. The CA signs again for free.",
    diagnoses=(
        Diagnosis(
            "The vault lost a name when it made the CSR.",
            "The CSR has all three: hold the reply against it.",
        ),
        Diagnosis(
            "The CA left a name out: what was got is not what was asked for.",
            "CAs sign the names that were ordered and paid for, or verified, whatever the CSR "
            "says. The request still waits: send the file back.",
            right=True,
        ),
        Diagnosis(
            "Merge it, and add the name to the policy afterwards.",
            "A policy is for the next request. No certificate changes after it was signed.",
        ),
    ),
    lesson="Compare asked with got before the merge: until then the CA can sign the CSR again.",
    tools=("MergePanel", "SignPanel"),
    stage=_stage_dropped,
    judge=_judge_dropped,
    met_at=("https://github.com/MicrosoftDocs/azure-docs/issues/114881",),
)

EAST, WEST = (
    plan("east-contoso-com", "east.contoso.com"),
    plan("west-contoso-com", "west.contoso.com"),
)


def _stage_batch(scene: Scene) -> None:
    """The CA sent the certificates of two requests in one file."""
    east, west = (signed(scene, scene.vault.create(each)) for each in (EAST, WEST))
    scene.note(EAST.name, facts.thumbprint(east[0]))
    scene.note(WEST.name, facts.thumbprint(west[0]))
    file = (west[0], *east)
    scene.hand("order-1516.pem", b"".join(each.public_bytes(Encoding.PEM) for each in file))


def _judge_batch(scene: Scene) -> Verdict:
    for each in (EAST, WEST):
        found = in_use(scene.vault, each.name)
        if found is None or found.thumbprint != scene.notes[each.name]:
            waits = " It waits still." if is_open(scene.vault, each.name) else ""
            return Verdict(False, f"“{each.name}” is not in use with its certificate.{waits}")
        foreign = scene.notes[WEST.name if each is EAST else EAST.name]
        held = [facts.thumbprint(one) for one in chain(scene, each.name)]
        if len(held) < 2 or foreign in held:
            return Verdict(
                False, f"The secret of “{each.name}” has no chain, or another one's certificate."
            )
    return Verdict(True, "Both are in use, each with its own certificate and chain.")


BATCH = Drill(
    code="batch",
    title="One file came for two requests, and only one of them takes it",
    story="The CA signed both CSRs of an order and sent order-1516.pem: four certificates. A "
    "script that takes the first one for the leaf got a mismatch of keys at “east-contoso-com”. "
    f"{NOT_EXPORTABLE}",
    task="Get both “east-contoso-com” and “west-contoso-com” into use, each with its own "
    "certificate, the CA above it, and nothing else.",
    diagnoses=(
        Diagnosis(
            "The CA mixed up the keys of the two CSRs.",
            "Each of the two is over the key of one request: the file has them in another order.",
        ),
        Diagnosis(
            "The file holds two leaves; each request takes the one over its key.",
            "The first certificate of a file need not be yours. The one over the key of the "
            "request is.",
            right=True,
        ),
        Diagnosis(
            "Both requests have to be merged with the whole file.",
            "The vault would keep the other's certificate in the secret, and hand it out.",
        ),
    ),
    lesson="Pick the leaf by the key and the chain by the signatures; leave the rest out.",
    tools=("HomeFinder", "MergePanel"),
    stage=_stage_batch,
    judge=_judge_batch,
    met_at=("https://github.com/Azure/azure-powershell/issues/24323",),
)

DRILLS = (DROPPED, BATCH)
