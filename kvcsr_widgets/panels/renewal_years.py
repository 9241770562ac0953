"""How often a name has to be certified anew, as public certificates live shorter and shorter."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import ipywidgets as w

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.pki.lifetimes import limits_in_words, public_renewals
from kvcsr_widgets.runbook.entries import RENEWAL

YEARS = 5
DAYS = "One certificate, day by day"
SHARES = {"At four fifths of its life": RENEWAL, "On its last day": 1.0}


class RenewalYears(w.VBox):
    """The renewals of the years to come from ``today`` on, the machine's date by default."""

    def __init__(self, *, today: date | None = None, step: int | None = None) -> None:
        self.today = today or datetime.now(UTC).date()
        self.share = w.Dropdown(
            description="Renewed",
            options=list(SHARES.items()),
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.names = w.BoundedIntText(
            value=1,
            min=1,
            max=100_000,
            description="Certificates",
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.table, self.days = w.HTML(), w.HTML()
        self.share.observe(lambda _change: self._redraw(), "value")
        self.names.observe(lambda _change: self._redraw(), "value")
        about = f"A public TLS certificate may last {limits_in_words(self.today)}."
        shown = (self.names, self.share, self.table, Sections({DAYS: self.days}))
        self.card = Card("The years to come", about, *shown, step=step)
        super().__init__([self.card])
        self._redraw()

    def _redraw(self) -> None:
        """How many renewals each year has, and the days of one certificate."""
        until = date(self.today.year + YEARS, 1, 1)
        made = list(public_renewals(self.today, until, self.share.value))
        a_year = Counter(begin.year for begin, _days in made)
        first = [(str(year), f"{count * self.names.value:,}") for year, count in a_year.items()]
        each = [(f"{begin:%Y-%m-%d}", f"{days} days") for begin, days in made]
        layout.put(self.table, html.grid(("Year", "CSRs to be signed and merged"), first))
        layout.put(self.days, html.grid(("Made on", "May last"), each))
