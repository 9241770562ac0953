"""How each drill is mended with nothing but the panels that it gives, as a person would."""

from __future__ import annotations

from collections.abc import Callable

from kvcsr_widgets.panels.drill_bench import DrillBench
from kvcsr_widgets.runbook.availability import Way
from kvcsr_widgets.runbook.rows import Action
from tests.panels.uploads import choose


def merge(bench: DrillBench, *filenames: str, request: str = "") -> None:
    """Choose files that lie on the desk and press Merge."""
    panel = bench.tools["MergePanel"]
    if request:
        panel.picker.value = request
    files = bench.play.scene.files
    choose(panel.input.upload, *((each, files[each]) for each in filenames))
    press_merge(bench)


def press_merge(bench: DrillBench) -> None:
    panel = bench.tools["MergePanel"]
    assert not panel.button.disabled, panel.findings.view.value
    panel.button.click()


def sign_and_merge(bench: DrillBench, request: str) -> None:
    """Have the practice CA sign the request in hand, and merge what it sends."""
    sign, panel = bench.tools["SignPanel"], bench.tools["MergePanel"]
    sign.picker.value = request
    sign.button.click()
    saved = sign.downloads["p7b"]
    choose(panel.input.upload, (saved.filename, saved.content))
    press_merge(bench)


def new_version(bench: DrillBench, name: str, *, reuse_key: bool = False) -> None:
    """Make a new version from the current policy."""
    form = bench.tools["RequestForm"]
    form.fields.inputs["name"].watched[0].value = name
    form.preview.ways[Way.NEW_VERSION].click()
    form.fields.inputs["reuse_key"].watched[0].value = reuse_key
    form.button.click()
    sign_and_merge(bench, name)


def made_again(bench: DrillBench) -> None:
    sign_and_merge(bench, "shop-contoso-com")


def disabled(bench: DrillBench) -> None:
    merge(bench, "hr-contoso-com.p7b")
    table = bench.tools["VaultTable"]
    table.button.click()
    entries = table.sheet.inventory.entries
    table.sheet.select(each.key for each in entries if each.name == "wiki-contoso-com")
    bar = table.tools[0].bar
    bar.choice.value = Action.ENABLE
    bar.button.click()


def comma(bench: DrillBench) -> None:
    form = bench.tools["RequestForm"]
    form.fields.inputs["name"].watched[0].value = "pay-contoso-com"
    subject = form.fields.inputs["subject"].watched[0]
    subject.value = 'CN=pay.contoso.com, O="Contoso, Inc.", L=Redmond, C=US'
    form.button.click()


def wrong_home(bench: DrillBench) -> None:
    panel, file = bench.tools["MergePanel"], "www.contoso.com.p7b"
    panel.picker.value = "www-contoso-com"
    choose(panel.input.upload, (file, bench.play.scene.files[file]))
    assert panel.button.disabled
    panel.go_there.click()
    press_merge(bench)


def wrong_home_by_finder(bench: DrillBench) -> None:
    _find(bench, "www.contoso.com.p7b")


def batch(bench: DrillBench) -> None:
    merge(bench, "order-1516.pem", request="east-contoso-com")
    merge(bench, "order-1516.pem", request="west-contoso-com")


def batch_by_finder(bench: DrillBench) -> None:
    _find(bench, "order-1516.pem")


def _find(bench: DrillBench, filename: str) -> None:
    finder = bench.tools["HomeFinder"]
    choose(finder.where.upload, (filename, bench.play.scene.files[filename]))
    finder.button.click()
    finder.knowingly.value = True
    finder.merge_button.click()


def merging(*filenames: str) -> Callable[[DrillBench], None]:
    return lambda bench: merge(bench, *filenames)


BY_TOOLS: dict[str, tuple[Callable[[DrillBench], None], ...]] = {
    "made-again": (made_again,),
    "forgotten-name": (merging("order-48151623.p7b"),),
    "disabled": (disabled,),
    "comma": (comma,),
    "wrong-home": (wrong_home, wrong_home_by_finder),
    "csr-used": (lambda bench: new_version(bench, "login-contoso-com"),),
    "whole-chain": (merging("portal-contoso-com.cer", "ca-certificates.p7b"),),
    "chain-missing": (lambda bench: new_version(bench, "gateway-contoso-com"),),
    "wrong-intermediate": (merging("api-contoso-com.pem", "issuing-ca.cer"),),
    "chain-order": (lambda bench: new_version(bench, "proxy-contoso-com"),),
    "no-item": (merging("crm-contoso-com.p7b"),),
    "root-first": (merging("vpn-contoso-com.pem"),),
    "bad-tag": (merging("certnew-2.cer"), merging("certnew.cer", "certnew-2.cer")),
    "name-dropped": (lambda bench: sign_and_merge(bench, "booking-contoso-com"),),
    "batch": (batch, batch_by_finder),
}
"""By the drills' codes; one or more ways."""
