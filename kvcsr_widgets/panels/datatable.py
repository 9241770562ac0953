"""The DataTable of the grid: its columns, its words, and the little that it does by itself."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from itables.typing import JavascriptCode, JavascriptFunction
from itables.widget import ITable

from kvcsr_widgets.panels.cells import COLUMNS, Column
from kvcsr_widgets.runbook.entries import State

LENGTHS = (10, 25, 50, 100, 500)
"""Rows on a page, as they are offered; the second is the default."""

_ID, _CHECK, _FIRST = 0, 1, 2
"""The places of a row's id, its checkbox and its first cell."""

_DRAWN = """function () {
  const api = this.api(), node = api.table().node();
  const label = () => {
    const text = document.createElement("textarea");
    for (const tr of node.tBodies[0].rows) {
      const row = api.row(tr).data();
      if (!row) continue;
      for (const td of tr.children) {
        const full = td.classList.contains("kvcsr-full");
        td.title = full ? row[api.cell(td).index().column] : td.textContent;
      }
      text.innerHTML = row[NAME];
      tr.querySelector("input")?.setAttribute("aria-label", "Select " + text.value);
    }
  };
  label();
  if (node.kvcsrApi === api) return;
  node.kvcsrApi = api;
  node.setAttribute("aria-label", "Certificates");
  const order = this.dataTable.ext.type.order, last = (a, b) => (a === "") - (b === "");
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  order["kvcsr-asc"] = (a, b) => last(a, b) || compare(a, b);
  order["kvcsr-desc"] = (a, b) => last(a, b) || compare(b, a);
  api.on("column-visibility", label);
  api.on("select deselect", (event) => {
    event.stopImmediatePropagation();  // itables would send the places of all selected rows
    node.dispatchEvent(new CustomEvent("kvcsr-selected"));
  });
}"""
"""With every draw: texts in full under the pointer, and what a row's checkbox is for.

With the first, before itables looks at selections: what stands beside finds the table, and what is
missing sorts last.
"""

_LOWER = 'function (data, type) { return type === "sort" ? data.toLowerCase() : data; }'
_TIME = 'function (data, type) { return type === "display" ? data.slice(0, 10) : data; }'
_HOST = 'function (data, type) { return type === "display" ? data.split(".")[0] : data; }'
_SHORT = """function (data, type) {
  const long = type === "display" && data.length > 12;
  return long ? data.slice(0, 8) + "…" + data.slice(-4) : data;
}"""
_STATE = 'function (data, type) { return type === "sort" ? RANKS[data] ?? "" : data; }'


class CompleteTable(ITable):
    """An itables table of which the browser hears only once it is complete.

    itables opens it empty and sends the rest piece by piece; a page that draws it meanwhile may
    keep the empty one for good.
    """

    def open(self) -> None:
        """Tell the browser, unless there is nothing to draw yet."""
        if self._dt_args:
            super().open()


def table(*, select: bool) -> ITable:
    """An empty table with its columns; texts come escaped, and nothing is sampled away.

    ``select`` is whether rows can be taken in hand.
    """
    titles = ["Id", "", *(column.title for column in COLUMNS)]
    name = _FIRST + next(n for n, column in enumerate(COLUMNS) if column.name == "name")
    made = CompleteTable(
        pd.DataFrame(columns=titles, dtype="object"),
        classes="display compact kvcsr-table",
        style="width:100%",
        showIndex=False,
        allow_html=False,
        maxBytes=0,
        maxRows=0,
        maxColumns=0,
        autoWidth=False,
        deferRender=True,
        text_in_header_can_be_selected=False,
        order=[[name, "asc"]],
        lengthMenu=list(LENGTHS),
        pageLength=LENGTHS[1],
        layout={
            "topStart": {"pageLength": {}, "buttons": []},
            "topEnd": "search",
            "bottomStart": "info",
            "bottomEnd": "paging",
        },
        language=_LANGUAGE,
        select=_SELECT if select else False,
        columnDefs=_definitions(select=select),
        drawCallback=JavascriptFunction(_DRAWN.replace("NAME", str(name))),
    )
    made.open()
    return made


_SELECT: Any = {"style": "multi+shift", "items": "row", "headerCheckbox": True, "info": False}
"""A click or a checkbox takes a row in hand and lets it go, with shift a range."""

_LANGUAGE = {
    "emptyTable": "Nothing is here yet.",
    "zeroRecords": "No row is like that. Clear the search and the filters.",
    "info": "_START_ to _END_ of _TOTAL_ rows",
    "infoEmpty": "No rows",
    "infoFiltered": "found among _MAX_",
    "lengthMenu": "_MENU_ rows on a page",
    "search": "Search:",
    "thousands": ",",
}


def _definitions(*, select: bool) -> list[dict[str, Any]]:
    box = JavascriptCode("window.$.fn.dataTable.render.select()")
    return [
        {"targets": _ID, "visible": False, "searchable": False},
        {
            "targets": _CHECK,
            "visible": select,
            "render": box,
            "orderable": False,
            "searchable": False,
        },
        *({"targets": place(column)} | _definition(column) for column in COLUMNS),
    ]


def _definition(column: Column) -> dict[str, Any]:
    ranks = json.dumps({state.value: rank for rank, state in enumerate(State)})
    render = {
        "text": _LOWER,
        "long": _LOWER,
        "state": _STATE.replace("RANKS", ranks),
        "time": _TIME,
        "host": _HOST,
        "thumbprint": _SHORT,
    }.get(column.kind)
    classes = {
        "long": "kvcsr-long",
        "time": "kvcsr-full",
        "host": "kvcsr-full",
        "thumbprint": "kvcsr-full",
        "number": "dt-right",
    }
    found: dict[str, Any] = {
        "visible": column.shown and not column.details,
        "type": "kvcsr",
        "className": f"kvcsr-{column.name} {classes.get(column.kind, '')}".rstrip(),
    }
    return found | ({"render": JavascriptFunction(render)} if render else {})


def place(column: Column) -> int:
    """Where a column stands in the table."""
    return COLUMNS.index(column) + _FIRST
