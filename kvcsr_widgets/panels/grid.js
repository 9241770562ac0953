// Beside a DataTable of itables: brings rows, filter and columns into it without building it anew,
// so that search, order, page, focus and selection stay, and tells the kernel what is selected.

const FEW = 50; // milliseconds in which selections and rows are gathered
const SHARE = 4; // a draw is followed by so many times its own duration without one

/** The DataTable's API, once the table beside `el` is there; null if `el` is gone before. */
async function tableBeside(el, signal) {
  while (!signal.aborted) {
    const node = el.closest(".kvcsr-grid")?.querySelector("table.kvcsr-table");
    if (node?.kvcsrApi) return node.kvcsrApi;
    await new Promise((resolve) => setTimeout(resolve, FEW));
  }
  return null;
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "jupyter-widgets jupyter-button widget-button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

/** Rows by the ids that the kernel gives them: the first cell of each row. */
class Rows {
  constructor(api) {
    this.api = api;
    this.places = new Map();
    this.timer = null;
    this.pause = 0;
  }

  put(rows) {
    const added = [];
    for (const row of rows) {
      const place = this.places.get(row[0]);
      if (place === undefined) added.push(row);
      else this.api.row(place).data(row);
    }
    const places = this.api.rows.add(added).indexes();
    added.forEach((row, number) => this.places.set(row[0], places[number]));
    this.draw();
  }

  drop(ids) {
    this.api.rows(this.at(ids)).remove(); // the places of all others stay
    for (const id of ids) this.places.delete(id);
    this.draw();
  }

  at(ids) {
    return ids.map((id) => this.places.get(id)).filter((place) => place !== undefined);
  }

  show(ids) {
    const shown = ids && new Set(ids);
    this.api.search.fixed("kvcsr", shown && ((_text, row) => shown.has(row[0])));
    this.draw();
  }

  /** Soon, and never so often that a person waits for it; page and order stay. */
  draw() {
    this.timer ??= setTimeout(() => {
      const begin = performance.now();
      this.api.draw(false);
      this.timer = null;
      this.pause = (performance.now() - begin) * SHARE;
    }, Math.max(FEW, this.pause));
  }
}

/** The line under the table: how many are selected, and two buttons for that. */
class Selection {
  constructor(api, model, el) {
    this.api = api;
    this.model = model;
    this.text = document.createElement("span");
    this.text.setAttribute("role", "status");
    this.all = button("", () => api.rows({ search: "applied" }).select());
    this.none = button("Clear the selection", () => api.rows({ selected: true }).deselect());
    el.append(this.all, this.none, this.text);
    this.timer = null;
    const soon = () => {
      this.timer ??= setTimeout(() => this.tell(), FEW);
    };
    api.table().node().addEventListener("kvcsr-selected", soon);
    api.on("draw", () => this.write());
    this.write();
  }

  tell() {
    this.timer = null;
    const ids = this.api.rows({ selected: true, order: "current" }).data().toArray();
    this.model.set("selected", ids.map((row) => row[0]));
    this.model.save_changes();
    this.write();
  }

  write() {
    const count = this.api.rows({ selected: true }).count();
    const shown = this.api.rows({ search: "applied" }).count();
    const hidden = count - this.api.rows({ selected: true, search: "applied" }).count();
    this.all.textContent = `Select all ${shown.toLocaleString("en")} found`;
    this.all.disabled = shown === 0;
    this.none.disabled = count === 0;
    const apart = hidden ? `, ${hidden.toLocaleString("en")} of them not among those found` : "";
    const said = `${count.toLocaleString("en")} selected${apart}`;
    if (this.text.textContent !== said) this.text.textContent = said; // or it is read aloud again
  }
}

function offer(api, { show, hide, offered }) {
  const node = api.table().node();
  const see = (column) => () => api.column(column).visible(true, false);
  node.kvcsrShowing?.forEach(clearTimeout);
  api.columns(hide).visible(false, false);
  // One after another: with ten thousand rows each takes a while.
  node.kvcsrShowing = show.map((column, number) => setTimeout(see(column), number * FEW));
  api.button(".buttons-colvis").remove();
  const layout = "fixed two-column"; // over the page: a box would cut it off
  const button = { extend: "colvis", text: "Columns", columns: offered, collectionLayout: layout };
  api.button().add(0, button);
}

async function render({ model, el }) {
  const gone = new AbortController();
  el.classList.add("kvcsr-selection");
  begin(model, el, gone.signal);
  return () => gone.abort();
}

async function begin(model, el, signal) {
  const api = await tableBeside(el, signal);
  if (api === null) return;
  const rows = new Rows(api);
  new Selection(api, model, el);
  const select = () => {
    const wanted = rows.at(model.get("selected"));
    const there = new Set(api.rows({ selected: true }).indexes().toArray());
    const same = wanted.length === there.size && wanted.every((place) => there.has(place));
    if (same) return;
    api.rows({ selected: true }).deselect();
    api.rows(wanted).select();
  };
  const told = (message, buffers) => {
    if (message.rows) rows.put(JSON.parse(new TextDecoder().decode(buffers[0])));
    if (message.gone) rows.drop(message.gone);
    if ("shown" in message) rows.show(message.shown);
    if (message.columns) offer(api, message.columns);
    if (message.select) select();
  };
  model.on("msg:custom", told);
  model.on("change:selected", select);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", told);
    model.off("change:selected", select);
  });
  model.send({ ready: true });
}

export default { render };
