from __future__ import annotations

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.runbook.batch import Outcome
from kvcsr_widgets.runbook.heap import Heap
from kvcsr_widgets.runbook.matching import Kind, Match
from kvcsr_widgets.runbook.merging import Merged
from kvcsr_widgets.runbook.search import Found
from kvcsr_widgets.vault.records import Certificate

WEB, MAIL = Match("web.p7b", Kind.FITS, "fits"), Match("mail.p7b", Kind.FITS, "fits")
STRANGER = Match("stranger.p7b", Kind.NOBODYS, "nobody's")
HEAP = Heap(Found((WEB, MAIL, STRANGER)))
THERE = Merged(Certificate("web", "1", True, None, None, None, None, "AB"), ())


def test_what_fits_is_open_and_all_of_it_is_left() -> None:
    assert (HEAP.open, HEAP.left, HEAP.merged) == ([WEB, MAIL], [WEB, MAIL, STRANGER], 0)


def test_what_was_merged_is_left_no_more() -> None:
    heap = HEAP.ended([Outcome(WEB, merged=THERE)])

    assert (heap.open, heap.left, heap.merged) == ([MAIL], [MAIL, STRANGER], 1)


def test_what_failed_stays_open_and_its_next_outcome_counts() -> None:
    failed = HEAP.ended([Outcome(WEB, error=InputError("no"))])
    assert failed.open == [WEB, MAIL]

    again = failed.ended([Outcome(WEB, merged=THERE)])

    assert again.outcomes == (Outcome(WEB, merged=THERE),)
    assert again.open == [MAIL]
