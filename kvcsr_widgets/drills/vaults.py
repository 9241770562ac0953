"""Drills on a vault as a whole: its lists, what it does not tell, what it keeps, and its limits."""

from __future__ import annotations

from kvcsr_widgets.drills import issued
from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import SELF, CertificatePlan, KeyChoice

PAGE = 25
"""How many certificates a page of the service's list holds."""

MANY = 60
"""Certificates in the vault of the list: three pages."""

SOUGHT = "node-47"
"""The certificate, on the second page, whose request the CA's reply belongs to."""

SIGNERS = ("sign-east", "sign-north", "sign-west")
BARE = SIGNERS[1]
"""The one that was merged without its chain."""

PORTAL = CertificatePlan(
    "portal-contoso-com",
    "CN=portal.contoso.com",
    names=Names(dns=("portal.contoso.com",)),
    key=KeyChoice.EC_P256,
)
QUARTER = CertificatePlan(
    "report-contoso-com",
    "CN=report.contoso.com",
    names=Names(dns=("report.contoso.com",)),
    key=KeyChoice.EC_P256,
)


def _stage_pages(scene: Scene) -> None:
    """Sixty certificates, every fifth with an open request; a list that loses those of later pages.

    The script's list is what the service gives where includePending is sent with the first page
    alone: there pending ones too, on the others only those that were issued.
    """
    for number in range(MANY):
        issuer = "Unknown" if number % 5 == 2 else SELF
        host = f"node-{number:02}"
        scene.vault.create(
            CertificatePlan(host, f"CN={host}.contoso.com", key=KeyChoice.EC_P256, issuer=issuer)
        )
    signed = issued.reply(scene, scene.vault.operation(SOUGHT))
    scene.hand("reply.p7b", signed)
    scene.note(issued.NOTED, issued.thumbprint(signed))
    listed = list(scene.vault.certificates())
    told = [each.name for place, each in enumerate(listed) if place < PAGE or each.thumbprint]
    scene.hand("list.txt", "".join(f"{name}\n" for name in told).encode())


def _judge_pages(scene: Scene) -> Verdict:
    return issued.judge_noted(
        scene,
        SOUGHT,
        missing="The certificate of the reply is not in use yet.",
        other="Another certificate than the reply's is in use. Stage it again.",
        mended=f"The reply was merged into “{SOUGHT}”, where it belongs.",
    )


SECOND_PAGE = Drill(
    code="second-page",
    title="The list does not show the request",
    story="The CA sends reply.p7b, with nothing but a serial number in its mail. You asked for it "
    "weeks ago and forgot under which name. A script lists the vault with includePending: list.txt "
    "has what it printed, and none of the open requests in it has this key.",
    task="Find the request of reply.p7b, and merge it there.",
    diagnoses=(
        Diagnosis(
            "The request was deleted, and the reply with it is worthless.",
            "That a list does not show a request proves nothing. Count: the vault has more "
            "certificates than the list.",
        ),
        Diagnosis(
            "The script sent includePending with the first page only, so that open requests of the "
            "later ones are missing.",
            "The service lists 25 at a time, and a link leads to the next page. Some SDKs lost "
            "includePending on the way: what was issued comes, what waits does not.",
            right=True,
        ),
        Diagnosis(
            "The request is in another vault: this one lists 25 certificates at most.",
            "25 is the size of a page, not of a vault. A list goes on for as many pages as it "
            "takes.",
        ),
    ),
    lesson="The key says where a reply belongs, not a name or a list: hold it against every open "
    "request. And see that a list is whole before you believe that something is not in it.",
    tools=("HomeFinder",),
    stage=_stage_pages,
    judge=_judge_pages,
    met_at=(
        "https://github.com/Azure/azure-cli/issues/1283",
        "https://github.com/Azure/azure-sdk-for-python/issues/38589",
        "https://github.com/Azure/azure-sdk-for-net/issues/47202",
    ),
)


def _stage_chains(scene: Scene) -> None:
    """Three certificates, one of which was merged from the leaf alone."""
    for name in SIGNERS:
        host = f"{name}.contoso.com"
        plan = CertificatePlan(
            name, f"CN={host}", Names(dns=(host,)), KeyChoice.EC_P256, exportable=False
        )
        found = issued.issue(scene, plan, "cer" if name == BARE else "p7b")
        scene.note(name, found.thumbprint)


def _judge_chains(scene: Scene) -> Verdict:
    for name in SIGNERS:
        found = issued.in_use(scene.vault, name)
        if found is None:
            return Verdict(False, f"“{name}” is not in use any more.")
        if name != BARE and found.thumbprint != scene.notes[name]:
            return Verdict(False, f"“{name}” had its chain, and was made anew. Stage it again.")
        if name == BARE and found.thumbprint == scene.notes[name]:
            return Verdict(False, "The one without its intermediate is still in use.")
        if (scene.vault.chain_length(name, found.version) or 0) < 2:
            return Verdict(False, f"The new version of “{name}” was merged without its chain, too.")
    return Verdict(True, f"“{BARE}” has a version with the whole chain; the others are untouched.")


CHAIN_UNREAD = Drill(
    code="chain-unread",
    title="unable to get local issuer certificate, at one of three",
    story="Three signing services take their certificates from the vault: “sign-east”, "
    "“sign-north” and “sign-west”. Clients refuse what comes from one of them; the load balancer "
    "does not say which. az keyvault certificate show prints one certificate for each, and all "
    "three look alike.",
    task="Give the one without its intermediate a version with the whole chain; leave the others.",
    diagnoses=(
        Diagnosis(
            "All three have lost their chains: the vault keeps one certificate each.",
            "The vault keeps all that was merged. It shows the leaf alone in a certificate, and "
            "the rest in the secret behind it.",
        ),
        Diagnosis(
            "One was merged from the leaf alone; its chain is not in the secret.",
            "The reply of this one was merged as .cer, without the intermediate. Only the secret "
            "tells: count the certificates in it.",
            right=True,
        ),
        Diagnosis(
            "The root has to be added to the vault's contacts of trust.",
            "A vault has no such thing. Who trusts a root is the client's affair; the server has "
            "to send what lies between.",
        ),
    ),
    lesson="A merged chain cannot be read back from the certificate, only from its secret, and it "
    "cannot be added later: make a new version and merge the .p7b.",
    tools=("VaultTable", "SignPanel", "MergePanel"),
    stage=_stage_chains,
    judge=_judge_chains,
    faq=("whole-chain",),
    met_at=("https://github.com/Azure/azure-rest-api-specs/issues/25591",),
)


def _stage_deleted(scene: Scene) -> None:
    """A certificate in use was deleted yesterday."""
    scene.note(issued.NOTED, issued.issue(scene, PORTAL).thumbprint)
    scene.vault.delete(PORTAL.name)
    scene.clock.advance(days=1)


def _judge_deleted(scene: Scene) -> Verdict:
    return issued.judge_noted(
        scene,
        PORTAL.name,
        missing=f"No certificate “{PORTAL.name}” is in use.",
        other="This is another certificate, with another key: the app still wants the old one, "
        "which is gone for good. Stage it again.",
        mended=f"“{PORTAL.name}” is back, with its key and all its versions.",
    )


NAME_DELETED = Drill(
    code="name-deleted",
    title=f"Certificate {PORTAL.name} is currently in a deleted but recoverable state, and its "
    "name cannot be reused",
    story=f"Yesterday somebody tidied up the vault and deleted “{PORTAL.name}”, which is in use: "
    "a mobile app has its key pinned and takes no other. The pipeline that creates it where it is "
    "missing ends with 409 Conflict and the text above. A colleague suggests to purge it, so that "
    "the pipeline can go on.",
    task="Get the certificate of before back into use, with its key.",
    diagnoses=(
        Diagnosis(
            "The name is free in a minute: deletions take some seconds.",
            "Those seconds are over. The vault keeps what was deleted for 7 to 90 days, and all "
            "that time its name is taken.",
        ),
        Diagnosis(
            "The certificate is lost; its name has to be purged and made anew.",
            "It is not lost before it is purged. What is made anew has a new key, which the app "
            "does not take.",
        ),
        Diagnosis(
            "The deleted certificate still holds its name, and can be recovered as it was.",
            "Soft delete keeps it with all versions and keys. Recovering brings it back; purging "
            "destroys it for good, and only that would free the name for another.",
            right=True,
        ),
    ),
    lesson="After a deletion by mistake: recover. Purge only what nobody will miss, and never to "
    "get a pipeline going.",
    tools=("DeletedCertificates",),
    stage=_stage_deleted,
    judge=_judge_deleted,
    met_at=("https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",),
)


def _stage_throttled(scene: Scene) -> None:
    """A reply for an open request; the merge will be turned away."""
    signed = issued.reply(scene, scene.vault.create(QUARTER))
    scene.hand(f"{QUARTER.name}.p7b", signed)
    scene.note(issued.NOTED, issued.thumbprint(signed))


def _throttle(scene: Scene) -> None:
    """The vault turns the next two merges away."""
    scene.faults.lay("throttled", "merge", times=2)


def _judge_throttled(scene: Scene) -> Verdict:
    return issued.judge_noted(
        scene,
        QUARTER.name,
        missing=f"The reply is not merged yet: “{QUARTER.name}” still waits.",
        other="This is not the certificate of the reply. Stage it again.",
        mended=f"The reply is merged; “{QUARTER.name}” is in use. Nothing was lost.",
    )


THROTTLED = Drill(
    code="throttled",
    title="Request was not processed because too many requests were received. Reason: "
    "VaultRequestTypeLimitReached",
    story="It is the last night of the quarter, and every pipeline of the company works on this "
    f"vault. {QUARTER.name}.p7b has to be merged before midnight. The first try ended with 429 and "
    "the text above. A colleague would rather cancel and begin again.",
    task="Merge the reply.",
    diagnoses=(
        Diagnosis(
            "The vault did half of the merge; the request is spoilt.",
            "429 is said before any work begins: “not processed”. The request waits as it did.",
        ),
        Diagnosis(
            "The vault has too many certificates: old ones must be deleted first.",
            "The limit is on requests in ten seconds, not on what a vault holds. A deletion is "
            "one more request.",
        ),
        Diagnosis(
            "The vault turned the merge away; wait a little and repeat it.",
            "It counts requests of each kind over ten seconds, and serves again when they have "
            "passed. Nothing was changed, so nothing can go wrong twice.",
            right=True,
        ),
    ),
    lesson="After 429: pause, repeat, and pause longer if it comes again. Do not cancel what was "
    "never begun.",
    tools=("MergePanel",),
    stage=_stage_throttled,
    judge=_judge_throttled,
    resume=_throttle,
    met_at=("https://github.com/dotnet/sign/issues/403",),
)

DRILLS = (SECOND_PAGE, CHAIN_UNREAD, NAME_DELETED, THROTTLED)
