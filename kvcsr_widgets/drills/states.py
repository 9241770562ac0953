"""Drills on where a request stands."""

from __future__ import annotations

from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.issued import in_use, is_open, issue, reply
from kvcsr_widgets.drills.looking import cancel, hand_over, judge_reply, plan
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.reading import request_of

IN_USE = plan("cert-0407", "intranet.contoso.com")
WANTED = plan("cert-0411", "tickets.contoso.com")
OTHERS = (plan("cert-0409", "files.contoso.com"), plan("cert-0413", "chat.contoso.com"))


def _stage_forgotten(scene: Scene) -> None:
    """Three requests wait under names that tell nothing; the reply of one is here."""
    issue(scene, IN_USE)
    sent = scene.vault.create(WANTED)
    for each in OTHERS:
        scene.vault.create(each)
    hand_over(scene, "order-48151623.p7b", reply(scene, sent), sent)


def _judge_forgotten(scene: Scene) -> Verdict:
    found = judge_reply(scene, WANTED.name, least=2)
    if not found.mended:
        return Verdict(False, "The reply on your desk is not merged into its request yet.")
    gone = [each.name for each in OTHERS if not is_open(scene.vault, each.name)]
    if gone:
        return Verdict(False, f"The request {', '.join(gone)} waited too, and is gone.")
    return found


FORGOTTEN = Drill(
    code="forgotten-name",
    title="Where does my request stand?",
    story="Three weeks ago you made a request in the portal and closed the page. Now the CA sent "
    "order-48151623.p7b, and nobody remembers the certificate's name. The portal's list shows "
    "“cert-0407” alone.",
    task="Find the request that waits for this reply, and merge it. The others must go on waiting.",
    diagnoses=(
        Diagnosis(
            "The request ended with the page that was closed.",
            "The vault is the place of a request, not the page: it stays there until it is "
            "merged, cancelled or deleted.",
        ),
        Diagnosis(
            "A request expires after some days, so it is gone.",
            "A request in progress has no end. The dates on its placeholder are those that the "
            "policy asks for.",
        ),
        Diagnosis(
            "The request is there, inProgress; a plain list leaves such ones out.",
            "Its state can be read at any time. Lists show it only where pending certificates "
            "are asked for, as the table here does.",
            right=True,
        ),
        Diagnosis(
            "The file can be imported as a new certificate instead.",
            "An import needs the private key as well, and that is in the vault, with the request.",
        ),
    ),
    lesson="The vault keeps every request and its state. The reply itself tells which one it "
    "belongs to: by its key.",
    tools=("VaultTable", "MergePanel"),
    stage=_stage_forgotten,
    judge=_judge_forgotten,
    faq=("monitor",),
    met_at=(
        "https://github.com/Azure/azure-cli/issues/1283",
        "https://github.com/Azure/azure-sdk-for-python/issues/38589",
    ),
)

WAITS = plan("hr-contoso-com", "hr.contoso.com")
SWITCHED_OFF = plan("wiki-contoso-com", "wiki.contoso.com")
GIVEN_UP = plan("old-contoso-com", "old.contoso.com")

MAIL = """\
From: the service desk
Subject: three certificates are disabled

hr-contoso-com: the CA's reply is attached (hr-contoso-com.p7b).
wiki-contoso-com: was in use until yesterday; today nobody gets in.
old-contoso-com: that server is gone. We gave its request up last week. Leave it as it is.
"""


def _stage_disabled(scene: Scene) -> None:
    """Three are disabled: one waits, one was switched off, one was cancelled."""
    sent = scene.vault.create(WAITS)
    hand_over(scene, "hr-contoso-com.p7b", reply(scene, sent), sent)
    scene.note("wiki", issue(scene, SWITCHED_OFF).thumbprint)
    scene.vault.set_enabled(SWITCHED_OFF.name, enabled=False)
    scene.vault.create(GIVEN_UP)
    cancel(scene, GIVEN_UP.name)
    scene.hand("mail-from-the-desk.txt", MAIL.encode())


def _judge_disabled(scene: Scene) -> Verdict:
    merged = judge_reply(scene, WAITS.name, least=2)
    wiki, old = in_use(scene.vault, SWITCHED_OFF.name), request_of(scene.vault, GIVEN_UP.name)
    if wiki is None or wiki.thumbprint != scene.notes["wiki"]:
        return Verdict(False, "“wiki-contoso-com” is not in use with the certificate that it had.")
    if old is None or old.status is not Status.CANCELLED:
        return Verdict(False, "“old-contoso-com” was to stay as it is, and did not.")
    if not merged.mended:
        return merged
    return Verdict(True, "What was to be in use is, and what was given up stayed so.")


DISABLED = Drill(
    code="disabled",
    title="Why is the certificate disabled?",
    story="The portal shows three certificates as disabled, and a colleague is about to delete "
    "all three and to make them again. The service desk knows a little about each.",
    task="Get “hr-contoso-com” and “wiki-contoso-com” into use, each with the certificate that was "
    "made for it. Leave “old-contoso-com” alone.",
    diagnoses=(
        Diagnosis(
            "They are broken: delete them and make them again.",
            "That would destroy the key that the reply on your desk needs, and a certificate that "
            "only has to be switched on.",
        ),
        Diagnosis(
            "They have expired.",
            "An expired certificate stays enabled. “Disabled” says something else.",
        ),
        Diagnosis(
            "Each for a reason of its own, which the state of its request tells.",
            "One is the placeholder of a request that waits, one that of a request that was "
            "cancelled. The third is issued, and somebody switched it off.",
            right=True,
        ),
    ),
    lesson="“Disabled” is no error. Read the state of the request: in progress means merge, failed "
    "or cancelled means look why, completed means that somebody switched it off.",
    tools=("VaultTable", "MergePanel"),
    stage=_stage_disabled,
    judge=_judge_disabled,
    faq=("disabled",),
    met_at=("https://github.com/Azure/azure-cli/issues/16418",),
)

DRILLS = (FORGOTTEN, DISABLED)
