// A button that brings files from this machine to the kernel, piece by piece: a server takes no
// message of more than some megabytes, and ends the connection for one.

const PIECE = 1024 * 1024; // bytes

function bytes(count) {
  return `${count.toLocaleString("en")} bytes`;
}

/** Why these files are not brought, or an empty text. */
function refusal(files, most, mostFiles) {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const count = files.length.toLocaleString("en");
  if (files.length > mostFiles) {
    const limit = mostFiles.toLocaleString("en");
    return `These are ${count} files; at most ${limit} are read at once. Choose fewer.`;
  }
  if (total <= most) return "";
  const what =
    files.length === 1
      ? `“${files[0].name}” is of ${bytes(total)}`
      : `These ${count} files have ${bytes(total)}`;
  return `${what}; at most ${bytes(most)} are read at once. Choose the files of interest alone.`;
}

let choices = 0;
const page = `${Date.now()}-${Math.random()}`;

/** A name for a choice that no other one has, not even one of another page. */
function named() {
  choices += 1;
  return `${page}-${choices}`;
}

/** Brings the files, unless another choice is made meanwhile. */
async function bring(model, files, choice, isLast, tell) {
  model.send({ choice, begin: files.map((file) => [file.name, file.size]) });
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let sent = 0;
  for (const [number, file] of files.entries()) {
    for (let at = 0; at < file.size; at += PIECE) {
      const piece = await file.slice(at, at + PIECE).arrayBuffer();
      if (!isLast()) return;
      model.send({ choice, piece: number }, undefined, [piece]);
      sent += piece.byteLength;
      if (total > PIECE) tell(`Reading the files: ${Math.round((100 * sent) / total)} %`);
    }
  }
  model.send({ choice, end: true });
  tell("");
}

function render({ model, el }) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = model.get("accept");
  input.multiple = model.get("multiple");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "jupyter-widgets jupyter-button widget-button widget-upload";
  button.style.width = "auto";
  const icon = document.createElement("i");
  icon.className = "fa fa-upload";
  icon.setAttribute("aria-hidden", "true");
  const wrong = document.createElement("div");
  wrong.setAttribute("role", "alert");
  wrong.style.color = "var(--jp-error-color1)";
  const progress = document.createElement("div");
  progress.setAttribute("role", "status");
  const tell = (text) => (progress.textContent = text);
  button.append(icon, model.get("description"));
  button.addEventListener("click", () => input.click());
  let last = "";
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = ""; // the same files can be chosen again
    const choice = (last = named());
    const isLast = () => choice === last;
    wrong.textContent = refusal(files, model.get("most"), model.get("most_files"));
    tell("");
    try {
      await bring(model, wrong.textContent ? [] : files, choice, isLast, tell);
    } catch (error) {
      if (!isLast()) return;
      await bring(model, [], choice, isLast, tell);
      wrong.textContent = `The files cannot be read: ${error.message}`;
    }
  });
  const asked = (message) => {
    if (message.do === "focus") button.focus();
    if (message.do === "lost") {
      wrong.textContent = "The files did not come whole. Choose them again.";
    }
  };
  model.on("msg:custom", asked);
  el.append(button, progress, wrong);
  return () => model.off("msg:custom", asked);
}

export default { render };
