// A button that brings files from this machine to the kernel, piece by piece: a server takes no
// message of more than some megabytes, and ends the connection for one.

const PIECE = 1024 * 1024; // bytes

function bytes(count) {
  return `${count.toLocaleString("en")} bytes`;
}

/** Why these files are not brought, or an empty text. */
function refusal(files, most) {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total <= most) return "";
  const what =
    files.length === 1
      ? `“${files[0].name}” is of ${bytes(total)}`
      : `These ${files.length.toLocaleString("en")} files have ${bytes(total)}`;
  return `${what}; at most ${bytes(most)} are read at once. Choose the files of interest alone.`;
}

async function bring(model, files, tell) {
  model.send({ begin: files.map((file) => file.name) });
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let sent = 0;
  for (const [number, file] of files.entries()) {
    for (let at = 0; at < file.size; at += PIECE) {
      const piece = await file.slice(at, at + PIECE).arrayBuffer();
      model.send({ piece: number }, undefined, [piece]);
      sent += piece.byteLength;
      if (total > PIECE) tell(`Reading the files: ${Math.round((100 * sent) / total)} %`);
    }
  }
  model.send({ end: true });
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
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = ""; // the same files can be chosen again
    wrong.textContent = refusal(files, model.get("most"));
    try {
      await bring(model, wrong.textContent ? [] : files, tell);
    } catch (error) {
      model.send({ begin: [] });
      model.send({ end: true });
      tell("");
      wrong.textContent = `The files cannot be read: ${error.message}`;
    }
  });
  const asked = (message) => message.do === "focus" && button.focus();
  model.on("msg:custom", asked);
  el.append(button, progress, wrong);
  return () => model.off("msg:custom", asked);
}

export default { render };
