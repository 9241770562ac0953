"""Two kernels at one vault: what the other one does between two looks at the file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock
from tests.practice.wire import Wire

Meanwhile = Callable[[object, str, Callable[[], Any]], None]


@pytest.fixture
def other(practice: Practice, clock: Clock) -> Iterator[Practice]:
    """The other kernel's view of the same file."""
    opened = Practice(practice.state.path, clock)
    yield opened
    opened.close()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch, other: Practice) -> Iterator[Meanwhile]:
    """Has the other kernel do something right after a method, as far as it is not held up."""
    assert other  # and closed only after it has done it

    threads: list[threading.Thread] = []

    def arrange(owner: object, method: str, act: Callable[[], Any]) -> None:
        original = getattr(owner, method)

        def raced(*args: Any, **kwargs: Any) -> Any:
            found = original(*args, **kwargs)
            threads.append(threading.Thread(target=act, daemon=True))
            threads[-1].start()
            threads[-1].join(0.3)
            return found

        monkeypatch.setattr(owner, method, raced)

    yield arrange
    for thread in threads:
        thread.join(10)


def test_a_purge_by_another_kernel_waits_for_the_answer_to_a_delete(
    wire: Wire, practice: Practice, other: Practice, meanwhile: Meanwhile
) -> None:
    wire.create()
    deletion = practice.vault.deletion
    meanwhile(deletion, "delete", lambda: other.vault.deletion.purge("web"))

    assert wire.send("DELETE", "/certificates/web").status == 200


def purge_all(practice: Practice) -> None:
    practice.vault.deletion.delete("web")
    practice.vault.deletion.purge("web")


def test_a_read_is_of_the_moment_before_another_kernel_purges(
    wire: Wire, practice: Practice, other: Practice, meanwhile: Meanwhile
) -> None:
    wire.create()
    meanwhile(practice.vault.shelf, "newest", lambda: purge_all(other))

    assert wire.send("GET", "/certificates/web").body["policy"]["issuer"] == {"name": "Unknown"}
    assert wire.send("GET", "/certificates/web").error[:2] == (404, "CertificateNotFound")


def test_a_read_of_a_deleted_one_is_of_the_moment_before_the_purge(
    wire: Wire, practice: Practice, other: Practice, meanwhile: Meanwhile
) -> None:
    wire.create()
    wire.send("DELETE", "/certificates/web")
    meanwhile(practice.vault.deletion, "get", lambda: other.vault.deletion.purge("web"))

    assert wire.send("GET", "/deletedcertificates/web").body["deletedDate"] == START
    assert wire.send("GET", "/deletedcertificates/web").error[:2] == (404, "CertificateNotFound")


def test_a_list_of_deleted_certificates_is_of_one_moment(
    wire: Wire, practice: Practice, other: Practice, meanwhile: Meanwhile
) -> None:
    wire.create()
    wire.send("DELETE", "/certificates/web")
    meanwhile(practice.store, "page", lambda: other.vault.deletion.purge("web"))

    # its placeholder shows only where placeholders are asked for
    listed = wire.send("GET", "/deletedcertificates?includePending=true")
    assert (listed.status, len(listed.body["value"])) == (200, 1)
