"""Each drill is mended with the panels that it offers, driven as a browser drives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kvcsr_widgets import panels
from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.drills.play import Play, begin
from kvcsr_widgets.drills.policies import FILES, ISSUER, MX, ORDERS
from kvcsr_widgets.drills.renewals import GATEWAY, INTRANET, STATUS
from kvcsr_widgets.drills.requests import BILLING, MAIL, NEW, OLD, PAY, VPN
from kvcsr_widgets.drills.vaults import BARE, PORTAL, QUARTER, SIGNERS
from kvcsr_widgets.panels.request import FILES as POLICY_SECTION
from kvcsr_widgets.pki.plan import Action as LifeAction
from kvcsr_widgets.runbook.availability import Way
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.rows import Action
from kvcsr_widgets.runbook.standing import Step
from tests.panels.conftest import no_loop, no_widget_stays  # noqa: F401 - fixtures
from tests.panels.uploads import choose


class Bench:
    """A drill, and its tools by their names, all on one desk."""

    def __init__(self, play: Play) -> None:
        self.play, self.scene, self.desk = play, play.scene, panels.Desk()
        self.desk.open(play.scene.vault)
        self.tools: dict[str, Any] = {
            name: getattr(panels, name)(self.desk) for name in play.drill.tools
        }
        assert not play.judge().mended

    def close(self) -> None:
        for tool in self.tools.values():
            tool.close()
        self.desk.leave()
        self.play.close()

    def choose(self, name: str) -> None:
        """Take a request in hand."""
        self.desk.selected = name
        assert self.desk.selected == name

    def wait(self, seconds: int = 10) -> None:
        """Time goes by."""
        self.scene.clock.advance(seconds)

    def fill(self, **members: object) -> None:
        """Type into the request form."""
        inputs = self.tools["RequestForm"].fields.inputs
        for name, value in members.items():
            inputs[name].watched[0].value = value

    def load_policy(self, filename: str) -> None:
        """Choose a file that the reader got as a policy."""
        form = self.tools["RequestForm"]
        form.files.unfold(POLICY_SECTION)
        choose(form.policy.upload, (filename, self.scene.files[filename]))

    def start_from(self, name: str) -> None:
        """Name a certificate that is there, and start from its current policy."""
        self.fill(name=name)
        button = self.tools["RequestForm"].preview.ways[Way.NEW_VERSION]
        assert button.layout.display == ""
        button.click()

    def create(self) -> None:
        """Press the form's button, once more where it starts from the current policy first."""
        form = self.tools["RequestForm"]
        made = form.submit() or form.submit()
        assert made is not None, form.notice.value

    def sign(self) -> bytes:
        """Have the request in hand signed; gives the .p7b."""
        signing = self.tools["SignPanel"]
        signing.button.click()
        content: bytes = signing.downloads["p7b"].content
        assert content, signing.notice.value
        return content

    def merge(self, filename: str, content: bytes) -> None:
        """Choose a file of the CA, tick what is to be ticked, press Merge."""
        merging = self.tools["MergePanel"]
        choose(merging.input.upload, (filename, content))
        if merging.findings.tick.layout.display == "":
            merging.findings.tick.value = True
        assert not merging.button.disabled, merging.findings.view.value
        merging.button.click()

    def merge_handed(self, name: str) -> None:
        """The same with a file that the reader got."""
        self.merge(f"{name}.p7b", self.scene.files[f"{name}.p7b"])

    def take_back(self, step: Step) -> None:
        """Press a step of the operation panel, its name typed where that is asked for."""
        panel = self.tools["OperationPanel"]
        button, confirm = panel.ways.buttons.get(step), panel.ways.confirms.get(step)
        if button is not None and button.layout.display == "":
            button.click()
        else:
            confirm.typed.value = panel.looked_at
            assert not confirm.button.disabled, panel.state.value
            confirm.button.click()

    def is_mended(self) -> bool:
        """Whether the judge is satisfied; it says why not."""
        verdict = self.play.judge()
        assert verdict.mended, verdict.said
        return True


Open = Callable[[str], Bench]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Open]:
    """Opens a drill by its code."""
    opened: list[Bench] = []

    def make(code: str) -> Bench:
        opened.append(Bench(begin(DRILLS[code], below=tmp_path)))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def test_an_open_request_is_cancelled_and_made_with_both_names(bench: Open) -> None:
    at = bench("open-request")
    at.choose(PAY.name)
    at.take_back(Step.CANCEL)
    at.wait()
    at.tools["OperationPanel"].submit()
    at.fill(name=PAY.name, subject=PAY.subject, names=f"{OLD}\n{NEW}")
    at.create()
    assert at.is_mended()


def test_an_open_request_may_be_deleted_instead(bench: Open) -> None:
    at = bench("open-request")
    at.choose(PAY.name)
    at.take_back(Step.DELETE)
    at.fill(name=PAY.name, subject=PAY.subject, names=f"{OLD}\n{NEW}")
    at.create()
    assert at.is_mended()


def test_what_a_script_began_is_found_signed_and_merged(bench: Open) -> None:
    at = bench("created-none")
    at.choose(BILLING.name)
    assert "billing.contoso.com" in at.tools["CsrPanel"].facts.value
    at.merge("reply.p7b", at.sign())
    assert at.is_mended()


@pytest.mark.parametrize("seconds", [0, 10], ids=["being cancelled", "cancelled"])
def test_the_reply_of_a_cancelled_request_is_merged(bench: Open, seconds: int) -> None:
    at = bench("cancelled-meanwhile")
    at.wait(seconds)
    at.tools["OperationPanel"].submit()
    at.choose(VPN.name)
    at.merge_handed(VPN.name)
    assert at.is_mended()


def test_after_lost_answers_what_waits_is_merged(bench: Open) -> None:
    at = bench("lost-answer")
    done, waiting = (plan.name for plan in MAIL)
    merging = at.tools["MergePanel"]
    at.choose(done)
    choose(merging.input.upload, (f"{done}.p7b", at.scene.files[f"{done}.p7b"]))
    assert "This very certificate is in the vault already." in merging.findings.view.value
    merging.input.upload.value = ()
    at.choose(waiting)
    at.merge_handed(waiting)
    assert at.is_mended()


def test_after_lost_answers_the_finder_takes_both(bench: Open) -> None:
    at = bench("lost-answer")
    finder = at.tools["HomeFinder"]
    choose(finder.where.upload, *at.scene.files.items())
    finder.button.click()
    assert len(finder.chosen) == 1
    finder.merge_button.click()
    assert at.is_mended()


def test_a_host_with_dots_gets_a_name_with_hyphens(bench: Open) -> None:
    at = bench("dotted-name")
    at.load_policy("policy.json")
    at.fill(name="www.contoso.com")
    assert at.tools["RequestForm"].submit() is None
    at.fill(name="www-contoso-com")
    at.create()
    assert at.is_mended()


def test_dropped_names_come_back_from_the_file(bench: Open) -> None:
    at = bench("dropped-names")
    at.choose(FILES.name)
    assert "10.20.0.4" not in at.tools["CsrPanel"].names.value
    at.take_back(Step.DELETE)
    at.fill(name=FILES.name)
    at.load_policy("policy.json")
    at.create()
    assert at.is_mended()
    assert "10.20.0.4" in at.tools["CsrPanel"].names.value


def test_a_policy_of_another_tool_is_read_as_it_is(bench: Open) -> None:
    at = bench("policy-shape")
    at.fill(name=MX.name)
    at.load_policy("policy.json")
    at.create()
    assert at.is_mended()


def test_an_issuer_gets_its_new_key_and_the_order_goes_out_again(bench: Open) -> None:
    at = bench("issuer-rejects")
    trouble = at.tools["TroublePanel"]
    trouble.request.value = ORDERS.name
    assert "The order with the CA failed." in trouble.answer.value

    accounts = at.tools["IssuersPanel"]
    accounts.choice.value = ISSUER
    accounts.form.password.value = "a-new-key"
    accounts.button.click()
    at.choose(ORDERS.name)
    at.take_back(Step.START)
    at.tools["OperationPanel"].submit()
    assert at.is_mended()


def test_the_policy_of_before_makes_the_next_version(bench: Open) -> None:
    at = bench("self-signed-renewal")
    at.fill(name=INTRANET.name)
    at.load_policy("policy-before.json")
    at.create()
    at.merge("reply.p7b", at.sign())
    assert at.is_mended()


def test_contacts_a_mail_and_a_new_version(bench: Open) -> None:
    at = bench("nobody-told")
    contacts = at.tools["ContactsPanel"]
    contacts.people.add_button.click()
    contacts.people.rows[0].boxes["email"].value = "pki@contoso.com"
    contacts.button.click()
    at.start_from(STATUS.name)
    at.fill(lifetime_action=LifeAction.EMAIL.value)
    at.create()
    at.merge("reply.p7b", at.sign())
    assert at.is_mended()


def test_a_new_version_with_a_key_that_may_leave(bench: Open) -> None:
    at = bench("not-exportable")
    at.start_from(GATEWAY.name)
    at.fill(exportable=True)
    at.create()
    at.merge("reply.p7b", at.sign())
    assert at.is_mended()


def test_a_reply_finds_its_home_beyond_the_first_page(bench: Open) -> None:
    at = bench("second-page")
    finder = at.tools["HomeFinder"]
    choose(finder.where.upload, ("reply.p7b", at.scene.files["reply.p7b"]))
    finder.button.click()
    finder.merge_button.click()
    assert at.is_mended()


def test_the_table_counts_chains_and_makes_the_new_version(bench: Open) -> None:
    at = bench("chain-unread")
    table = at.tools["VaultTable"]
    table.extras.details.value = True
    table.extras.chains.value = True
    lengths = dict(zip(table.frame["name"], table.frame["chain_length"], strict=True))
    assert {name: lengths[name] for name in SIGNERS} == {
        name: 1 if name == BARE else 3 for name in SIGNERS
    }
    table.sheet.select([Key(at.scene.vault.host, BARE)])
    bar = table.tools[0].bar
    bar.choice.value = Action.NEW_VERSION
    bar.button.click()
    at.choose(BARE)
    at.merge("reply.p7b", at.sign())
    assert at.is_mended()


def test_what_was_deleted_is_recovered(bench: Open) -> None:
    at = bench("name-deleted")
    deleted = at.tools["DeletedCertificates"]
    deleted.button.click()
    deleted.choice.value = (PORTAL.name,)
    deleted.bar.choice.value = Action.RECOVER
    deleted.bar.button.click()
    assert at.is_mended()


@pytest.mark.usefixtures("no_pauses")
def test_a_merge_that_is_turned_away_is_repeated(bench: Open) -> None:
    at = bench("throttled")
    at.choose(QUARTER.name)
    at.merge_handed(QUARTER.name)
    assert not at.play.judge().mended
    merging = at.tools["MergePanel"]
    for _try in range(2):
        merging.button.click()
    assert at.is_mended()


@pytest.mark.parametrize("code", ["dotted-name", "self-signed-renewal"])
def test_a_policy_on_the_desk_goes_into_the_form_and_nowhere_else(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    panel = panels.DrillPanel(code)
    panel.submit()
    assert panel.bench is not None
    assert panel.play is not None
    [(name, content)] = (each for each in panel.play.scene.files.items() if "json" in each[0])

    panel.bench.use(name, content)

    plan = panel.bench.tools["RequestForm"].plan
    assert plan.names.dns == ("www.contoso.com",) or plan.names == INTRANET.names
    assert all(not upload.value for upload in panel.bench.uploads)
    panel.close()
