"""The desk of a vault, small or big: what is read of it, when, and who is told."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kvcsr_widgets import panels
from kvcsr_widgets.errors import BusyError, VaultError
from kvcsr_widgets.panels import Desk, desk_reading, later
from kvcsr_widgets.panels.connect import ConnectPanel
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.runbook.loading import Counts
from kvcsr_widgets.runbook.requests import Requests
from kvcsr_widgets.vault import session
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests.panels.loops import play
from tests.panels.standing import why


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.leave()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A practice vault in which “one” and “two” wait."""
    path = tmp_path / "vault.sqlite"
    monkeypatch.setattr(session, "practice_path", lambda: path)
    vault = practise(path)
    create(vault, "one")
    create(vault, "two")
    vault.close()
    return path


@pytest.fixture
def with_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "running_loop", asyncio.get_running_loop)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Once it is set, requests are read."""
    event, original = threading.Event(), Vault.operation

    def operation(self: Vault, name: str) -> Operation:
        assert event.wait(10)
        return original(self, name)

    monkeypatch.setattr(Vault, "operation", operation)
    yield event
    event.set()


def create(vault: Vault, name: str) -> Operation:
    return vault.create(CertificatePlan(name, "CN=a", key=KeyChoice.EC_P256))


def opened(desk: Desk) -> Vault:
    assert desk.vault is not None
    return desk.vault


def busy(_vault: Vault, **_options: object) -> Requests:
    raise BusyError("The vault is busy.")


def names(desk: Desk) -> list[str]:
    return [each.name for each in desk.operations]


def shown(panel: ConnectPanel) -> bool:
    return str(panel.progress.layout.display) != "none"


def test_in_a_script_the_requests_are_waited_for(desk: Desk, path: Path) -> None:
    desk.open(practise(path))

    assert names(desk) == ["one", "two"]
    assert not desk.reading


def test_in_a_script_an_error_leaves_nothing_open(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_reading, "requests", busy)
    vault = practise(path)
    with pytest.raises(BusyError):
        desk.open(vault)
    vault.close()

    assert desk.vault is None
    assert not desk.reading


@pytest.mark.usefixtures("with_loop", "path")
def test_in_a_kernel_the_vault_is_open_before_its_requests_are_read(
    desk: Desk, gate: threading.Event
) -> None:
    connect, csr = ConnectPanel(desk), panels.CsrPanel(desk)

    def press() -> None:
        connect.button.click()
        assert desk.vault is not None
        assert desk.operations == ()
        assert "Its requests are being read." in connect.notice.value
        assert shown(connect)
        assert "The requests are being read." in why(csr)
        assert tuple(csr.picker.options) == (("(being read)", ""),)
        gate.set()

    play(press, lambda: not desk.reading)

    assert names(desk) == ["one", "two"]
    assert "2 requests wait for a CA." in connect.notice.value
    assert "2 certificates listed, 2 of 2 requests read" in connect.progress.count.value
    assert not shown(connect)
    assert "Choose a request." in why(csr)


@pytest.mark.usefixtures("path")
def test_the_number_of_requests_follows_what_is_done_with_them(desk: Desk) -> None:
    connect = ConnectPanel(desk)
    connect.submit()
    assert "2 requests wait for a CA." in connect.notice.value

    desk.finish("one")
    assert "One request waits for a CA." in connect.notice.value

    desk.finish("two")
    assert "No request waits for a CA: create one." in connect.notice.value


@pytest.mark.usefixtures("with_loop", "path")
def test_a_reading_can_be_stopped_and_keeps_what_was_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = ConnectPanel(desk)

    def long(
        vault: Vault, *, progress: Callable[[Counts], object], cancel: threading.Event
    ) -> Requests:
        progress(Counts(listed=12_000, operations=1, operations_due=40))
        assert cancel.wait(10)
        return Requests((vault.operation("one"),), stopped=True)

    monkeypatch.setattr(desk_reading, "requests", long)

    def until() -> bool:
        if desk.counts.listed:
            assert (
                "12,000 certificates listed, 1 of 40 requests read" in connect.progress.count.value
            )
            assert (connect.progress.bar.value, connect.progress.bar.max) == (1, 40)
            connect.progress.stop.click()
        return not desk.reading

    play(connect.button.click, until)

    assert names(desk) == ["one"]
    assert "One request waits for a CA, as far as was read before the stop" in connect.notice.value


@pytest.mark.usefixtures("with_loop")
def test_what_was_done_while_it_was_read_is_newer(
    desk: Desk, path: Path, gate: threading.Event
) -> None:
    def act() -> None:
        desk.open(practise(path))
        desk.add(create(opened(desk), "three"))
        opened(desk).delete_operation("one")
        desk.drop("one")
        gate.set()

    play(act, lambda: not desk.reading)

    assert names(desk) == ["three", "two"]


@pytest.mark.usefixtures("with_loop")
def test_what_is_read_of_a_vault_that_was_left_is_not_shown(
    desk: Desk, path: Path, gate: threading.Event, tmp_path: Path
) -> None:
    told: list[str] = []

    def second(end: Callable[[], object]) -> None:
        end()
        told.append("second")

    def act() -> None:
        desk.open(practise(path), lambda _end: told.append("first"))
        desk.open(practise(tmp_path / "other.sqlite"), second)
        gate.set()

    play(act, lambda: bool(told) and not desk.reading)

    assert told == ["second"]
    assert desk.operations == ()


@pytest.mark.usefixtures("with_loop")
def test_an_error_in_a_kernel_is_told_and_what_was_read_stays(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, csr = ConnectPanel(desk), panels.CsrPanel(desk)
    play(lambda: desk.open(practise(path)), lambda: not desk.reading)

    monkeypatch.setattr(desk_reading, "requests", busy)
    play(csr.button.click, lambda: not desk.reading)

    assert "The vault is busy." in csr.notice.value
    assert not shown(connect)
    assert names(desk) == ["one", "two"]


def test_requests_that_could_not_be_read_are_said(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Vault.operation

    def operation(self: Vault, name: str) -> Operation:
        if name == "one":
            raise VaultError("<b>No.</b>", hint="Ask again.")
        return original(self, name)

    monkeypatch.setattr(Vault, "operation", operation)
    connect = ConnectPanel(desk)
    connect.submit()

    assert "One request waits for a CA, as far as is known." in connect.notice.value
    assert "One request could not be read: &lt;b&gt;No.&lt;/b&gt; Ask again." in (
        connect.notice.value
    )
    assert names(desk) == ["two"]
    assert path.exists()


def test_a_look_reads_one_request_and_no_list(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(practise(path))
    desk.selected = "two"
    monkeypatch.setattr(desk_reading, "requests", busy)  # nothing is listed
    opened(desk).cancel("one")
    opened(desk).delete_operation("two")

    desk.look("one")
    assert desk.operations[0].cancellation_requested
    assert desk.selected == "two"
    desk.look("two")
    assert names(desk) == ["one"]


def test_what_a_refresh_does_not_read_stays_as_it_was(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old finished request in hand, or one that could not be read this time."""
    desk.open(practise(path))
    desk.selected = "one"
    monkeypatch.setattr(
        desk_reading, "requests", lambda *_, **__: Requests(unknown=frozenset({"one", "x"}))
    )

    desk.refresh()

    assert names(desk) == ["one"]  # and “two” is gone
    assert desk.selected == "one"


def test_what_was_learned_is_no_change_from_here(desk: Desk, path: Path) -> None:
    desk.open(practise(path))
    before, readings = desk.revision, desk.readings

    desk.learn({"one": None})

    assert names(desk) == ["two"]
    assert desk.revision == before
    assert desk.readings == readings + 1


def test_a_change_from_here_counts_for_both(desk: Desk, path: Path) -> None:
    desk.open(practise(path))
    before, readings = desk.revision, desk.readings

    desk.finish("one", "unknown")

    assert desk.operations[0].status is Status.COMPLETED
    assert (desk.revision, desk.readings) == (before + 1, readings + 1)
    assert desk.touched == {"one"}
    assert desk.selected == "two"  # the only one that waits


def test_a_desk_needs_no_pandas() -> None:
    """It takes long to import, and a notebook waits for it."""
    code = "import sys; from kvcsr_widgets.panels.connect import ConnectPanel; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "kvcsr_widgets.runbook.requests" in loaded
    assert "pandas" not in loaded
