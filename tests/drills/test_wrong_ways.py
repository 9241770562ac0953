"""What a person may take for a way out, and what solves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.drills.issued import reply
from kvcsr_widgets.drills.play import begin
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.signed import read_signed
from tests.drills.mending import MENDS, merge, sign_and_merge

Way = Callable[[Scene], None]


def _made_anew(name: str) -> Way:
    """Throw the request away, make it again and have that signed."""

    def go(scene: Scene) -> None:
        plan = scene.vault.current(name).plan
        scene.vault.delete_operation(name)
        sign_and_merge(scene, scene.vault.create(plan))

    return go


def _mended_then(code: str, more: Way) -> Way:
    """Mend it, and break something else."""

    def go(scene: Scene) -> None:
        MENDS[code](scene)
        more(scene)

    return go


def _as_it_is(name: str, filename: str) -> Way:
    """Send every certificate of a file, in the file's order."""
    return lambda scene: _send(scene, name, scene.files[filename])


def _send(scene: Scene, name: str, content: bytes) -> None:
    scene.vault.merge(name, read_signed(content).certificates)


def _same_key(scene: Scene) -> None:
    """A new version under the same policy, which the practice CA signs, as it takes any key."""
    sign_and_merge(scene, scene.vault.create(scene.vault.current("login-contoso-com").plan))


def _key_this_year_only(scene: Scene) -> None:
    """A new key, and the policy reuses it again."""
    plan = scene.vault.current("login-contoso-com").plan
    MENDS["csr-used"](scene)
    scene.vault.create(plan)


def _without_comma(scene: Scene) -> None:
    subject = "CN=pay.contoso.com, O=Contoso Inc., L=Redmond, C=US"
    scene.vault.create(CertificatePlan("pay-contoso-com", subject))


def _without_organization(scene: Scene) -> None:
    scene.vault.create(CertificatePlan("pay-contoso-com", "CN=pay.contoso.com, L=Redmond, C=US"))


def _leaf_again(scene: Scene) -> None:
    operation = scene.vault.create(scene.vault.current("gateway-contoso-com").plan)
    _send(scene, operation.name, reply(scene, operation, "cer"))


def _exportable(scene: Scene) -> None:
    plan = replace(scene.vault.current("gateway-contoso-com").plan, exportable=True)
    sign_and_merge(scene, scene.vault.create(plan))


def _wiki_anew(scene: Scene) -> None:
    MENDS["disabled"](scene)
    sign_and_merge(scene, scene.vault.create(scene.vault.current("wiki-contoso-com").plan))


def _old_anew(scene: Scene) -> None:
    MENDS["disabled"](scene)
    sign_and_merge(scene, scene.vault.create(scene.vault.current("old-contoso-com").plan))


def _merge_hr_only(scene: Scene) -> None:
    merge(scene, "hr-contoso-com", "hr-contoso-com.p7b")


def _everything_deleted(scene: Scene) -> None:
    for each in list(scene.vault.certificates()):
        scene.vault.delete(each.name)


WRONG: dict[str, tuple[Way, ...]] = {
    "forgotten-name": (
        _made_anew("cert-0411"),
        _mended_then(
            "forgotten-name", lambda scene: void(scene.vault.delete_operation("cert-0409"))
        ),
    ),
    "disabled": (_merge_hr_only, _wiki_anew, _old_anew, _made_anew("hr-contoso-com")),
    "comma": (_without_comma, _without_organization),
    "made-again": (),
    "wrong-home": (
        _made_anew("www-contoso-com"),
        _mended_then(
            "wrong-home", lambda scene: void(scene.vault.delete_operation("www-contoso-com"))
        ),
    ),
    "csr-used": (_same_key, _key_this_year_only),
    "whole-chain": (
        _made_anew("portal-contoso-com"),
        _as_it_is("portal-contoso-com", "portal-contoso-com.cer"),
    ),
    "chain-missing": (_leaf_again, _exportable),
    "wrong-intermediate": (_as_it_is("api-contoso-com", "api-contoso-com.pem"),),
    "chain-order": (),
    "no-item": (_as_it_is("crm-contoso-com", "crm-leaf.cer"), _made_anew("crm-contoso-com")),
    "root-first": (_made_anew("vpn-contoso-com"),),
    "bad-tag": (_made_anew("store-contoso-com"),),
    "name-dropped": (_as_it_is("booking-contoso-com", "booking-contoso-com.pem"),),
    "batch": (
        _as_it_is("east-contoso-com", "order-1516.pem"),
        lambda scene: merge(scene, "east-contoso-com", "order-1516.pem"),
    ),
}
"""By the drills' codes."""

WAYS = [
    pytest.param(code, way, id=f"{code}-{number}")
    for code, ways in WRONG.items()
    for number, way in enumerate((_everything_deleted, *ways))
]


def void(_result: object) -> None:
    """Nothing of it is needed."""


@pytest.mark.parametrize(("code", "way"), WAYS)
def test_a_wrong_way_solves_nothing(code: str, way: Way, tmp_path: Path) -> None:
    play = begin(DRILLS[code], below=tmp_path)
    try:
        way(play.scene)
        verdict = play.judge()
        assert not verdict.mended
        assert verdict.said
    finally:
        play.close()
