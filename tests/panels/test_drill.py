"""The drill panel: a trouble is chosen, staged, diagnosed, mended, and found again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.drills.scene import scenes_path
from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import DrillPanel
from kvcsr_widgets.panels import drill as drill_panel
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.runbook.steps import StepState
from tests.drills.mending import MENDS

FIRST = "made-again"


@pytest.fixture(autouse=True)
def own_drills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a folder of drills of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def panel() -> Iterator[DrillPanel]:
    made = DrillPanel(FIRST)
    yield made
    made.close()


def state(card: Card | None) -> StepState:
    assert card is not None
    assert card.standing is not None
    return card.standing.state


def diagnose(panel: DrillPanel, *, right: bool = True) -> None:
    assert panel.diagnosis is not None
    answers = [each.right for each in panel.drill.diagnoses]
    panel.diagnosis.answers.value = answers.index(right)
    panel.diagnosis.button.click()


def mend(panel: DrillPanel) -> None:
    """Mend it through the vault, and let a tool tell so."""
    assert panel.play is not None
    assert panel.bench is not None
    MENDS[panel.drill.code](panel.play.scene)
    panel.bench.desk.changed()


def test_nothing_is_staged_before_somebody_says_so(panel: DrillPanel) -> None:
    assert not scenes_path().exists()
    assert list(panel.children) == [panel.card]
    assert state(panel.card) is StepState.READY
    assert panel.drill.title in panel.story.value
    assert panel.again.layout.display == "none"
    assert panel.check() is None


def test_diagnosed_and_mended_it_is_solved(panel: DrillPanel) -> None:
    panel.button.click()
    assert panel.diagnosis is not None
    assert panel.bench is not None
    assert panel.checking is not None
    assert panel.bench.desk.vault is not None
    assert state(panel.diagnosis) is StepState.READY

    diagnose(panel)
    assert "gone for good" in panel.diagnosis.why.value
    assert state(panel.diagnosis) is StepState.DONE
    assert state(panel.checking) is StepState.READY

    mend(panel)
    assert "Solved." in panel.checking.said.value
    assert panel.drill.lesson[:30] in panel.checking.said.value
    assert [state(card) for card in (panel.bench, panel.checking)] == [StepState.DONE] * 2
    assert "You solved this one." in panel.card.head.value


def test_a_wrong_diagnosis_says_why_and_another_can_be_given(panel: DrillPanel) -> None:
    panel.submit()
    diagnose(panel, right=False)

    assert panel.diagnosis is not None
    assert "Choose again." in panel.diagnosis.why.value
    assert state(panel.diagnosis) is StepState.READY
    diagnose(panel)
    assert state(panel.diagnosis) is StepState.DONE


def test_mended_without_a_diagnosis_it_is_not_solved_yet(panel: DrillPanel) -> None:
    panel.submit()
    assert panel.checking is not None
    mend(panel)
    assert "Say what was wrong" in panel.checking.said.value
    assert state(panel.checking) is StepState.READY

    diagnose(panel)
    assert "Solved." in panel.checking.said.value
    assert state(panel.checking) is StepState.DONE


def test_what_is_missing_is_told_to_who_asks(panel: DrillPanel) -> None:
    panel.submit()
    assert panel.checking is not None
    assert panel.checking.said.value == ""

    verdict = panel.check()

    assert verdict is not None
    assert not verdict.mended
    assert "still waits" in panel.checking.said.value


def test_another_panel_goes_on_where_the_first_was(panel: DrillPanel) -> None:
    panel.submit()
    diagnose(panel)
    panel.leave()

    after = DrillPanel(FIRST)
    assert after.button.description == "Go on"
    after.submit()
    assert after.diagnosis is not None
    assert state(after.diagnosis) is StepState.DONE
    assert "gone for good" in after.diagnosis.why.value
    after.close()


def test_staged_again_nothing_of_it_is_left(panel: DrillPanel) -> None:
    panel.submit()
    diagnose(panel)
    mend(panel)

    panel.again.click()

    assert panel.diagnosis is not None
    assert panel.checking is not None
    assert state(panel.diagnosis) is StepState.READY
    assert panel.diagnosis.answers.value is None
    assert panel.checking.said.value == ""
    assert state(panel.card) is StepState.DONE


def test_a_file_is_used_without_a_detour(panel: DrillPanel) -> None:
    panel.submit()
    assert panel.bench is not None
    name, content = next(iter(panel.play.scene.files.items())) if panel.play else ("", b"")

    panel.bench.use(name, content)

    merging = panel.bench.tools["MergePanel"]
    assert merging.reply is not None
    assert merging.pending is not None
    assert not merging.findings.may_go_on


def test_all_drills_are_offered_with_how_far_one_is() -> None:
    panel = DrillPanel()
    assert panel.choice is not None
    assert f"0 of {len(DRILLS)} solved" in panel.choice.sum.value
    panel.choice.list.value = FIRST
    panel.submit()
    assert ("… begun: " + DRILLS[FIRST].title) in dict(panel.choice.list.options)
    diagnose(panel)
    mend(panel)

    assert f"1 of {len(DRILLS)} solved" in panel.choice.sum.value
    assert dict(panel.choice.list.options)["✓ solved: " + DRILLS[FIRST].title] == FIRST
    panel.close()

    later = DrillPanel()
    assert later.drill.code == FIRST
    later.close()


def test_an_unknown_drill_is_refused() -> None:
    with pytest.raises(InputError, match="no drill “nonsense”"):
        DrillPanel("nonsense")


def test_the_next_drill_is_the_next_that_is_not_solved() -> None:
    panel = DrillPanel()
    assert panel.choice is not None
    last = list(DRILLS)[-1]
    panel.choice.list.value = last
    panel.submit()
    assert panel.onward.layout.display == "none"
    diagnose(panel)
    mend(panel)
    assert panel.onward.layout.display == ""

    panel.onward.click()

    assert panel.drill.code == next(iter(DRILLS))
    assert panel.play is None
    panel.close()


def test_texts_of_a_file_are_shown_as_text(panel: DrillPanel) -> None:
    panel.submit()
    assert panel.play is not None
    panel.play.scene.hand("a<b>.txt", b"<img src=x onerror=alert(1)>\n\x1b[2J\xe2\x80\xae")
    panel.leave()
    panel.submit()

    assert panel.bench is not None
    shown = "".join(each.value for each in panel.bench.files if hasattr(each, "value"))
    assert "&lt;img src=x" in shown
    assert "a&lt;b&gt;.txt" in shown
    assert "<img" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_a_drill_that_cannot_be_staged_says_why(
    panel: DrillPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))

    panel.button.click()

    assert "cannot be used" in panel.notice.value
    assert panel.play is None
    assert list(panel.children) == [panel.card]


def test_a_drill_that_cannot_be_shown_is_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_asked: object, **_more: object) -> None:
        raise InputError("Its tools are not there.")

    monkeypatch.setattr(drill_panel, "DrillBench", fail)
    made = DrillPanel("made-again")

    made.button.click()

    assert "Its tools are not there." in made.notice.value
    assert made.play is None
    assert made.button.layout.display == ""
