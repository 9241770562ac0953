// Draws the mermaid diagrams of Markdown cells as pictures, as JupyterLab does. One that cannot be
// drawn stays the text that it is.
"use strict";

(() => {
  const bundle = document.currentScript.dataset.mermaid;

  function load(url) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${url} cannot be loaded`));
      document.head.appendChild(script);
    });
  }

  function settings() {
    const dark = document.body.dataset.jpThemeLight === "false";
    const font = getComputedStyle(document.body).getPropertyValue("--jp-ui-font-family");
    return {
      startOnLoad: false,
      securityLevel: "strict",
      theme: dark ? "dark" : "default",
      fontFamily: font,
    };
  }

  // The diagram as it was written: nbconvert does not escape it, so a <br> in it is an element here.
  function written(source) {
    const area = document.createElement("textarea");
    area.innerHTML = source.innerHTML;
    return area.value.trim();
  }

  // What a reader of the screen says: the diagram's own title, or the words in it.
  function words(svg) {
    const title = svg.querySelector(":scope > title");
    if (title) return title.textContent;
    const labels = [...svg.querySelectorAll(".nodeLabel, .edgeLabel p, text")];
    const said = labels.map((label) => label.innerText || label.textContent);
    return said.map((each) => each.replace(/\s+/g, " ").trim()).filter(Boolean).join("; ");
  }

  function picture(svg) {
    const image = document.createElement("img");
    const width = parseInt(svg.style.maxWidth, 10);
    if (width) image.width = width;
    image.alt = words(svg);
    const text = new XMLSerializer().serializeToString(svg);
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    return image;
  }

  async function draw(source, number) {
    const room = document.createElement("div");
    room.style.cssText = "position:absolute;visibility:hidden";
    document.body.appendChild(room);
    try {
      const { svg } = await mermaid.render(`kvcsr-diagram-${number}`, written(source), room);
      room.innerHTML = svg;
      source.after(picture(room.querySelector("svg")));
      source.hidden = true;
    } finally {
      room.remove();
    }
  }

  document.addEventListener("DOMContentLoaded", async () => {
    const sources = [...document.querySelectorAll(".jp-Mermaid > pre.mermaid")];
    if (!sources.length) return;
    await load(bundle);
    mermaid.initialize(settings());
    for (const [number, source] of sources.entries()) {
      await draw(source, number).catch((error) => console.error(error));
    }
  });
})();
