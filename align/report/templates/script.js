"use strict";
(function () {
  // Sorting: a button in each header of a table that has more than one row.
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent.trim();
    const number = Number(text.replace(/,/g, "").replace("−", "-"));
    return text !== "" && !Number.isNaN(number) ? number : text.toLowerCase();
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    if (body.rows.length < 2) continue;
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const down = header.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = Array.from(body.rows).map((row) => [value(row, column), row]);
        rows.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
        body.append(...rows.map((pair) => pair[1]));
      });
    });
  }

  // Filtering and stepping through the passages.
  const cards = Array.from(document.querySelectorAll("#passages > .match"));
  const place = document.getElementById("filters");
  if (place && cards.length > 1) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const shown = document.createElement("output");
    input.type = "search";
    input.setAttribute("autocomplete", "off");
    label.append("Show only passages with ", input);
    const hint = document.createElement("span");
    hint.className = "soft small";
    hint.textContent = "an outlet, a word, a class; keys j and k step through them";
    place.append(label, shown, hint);
    const texts = cards.map((card) => card.textContent.toLowerCase());
    const apply = () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      cards.forEach((card, i) => {
        card.hidden = !wanted.every((word) => texts[i].includes(word));
        count += card.hidden ? 0 : 1;
      });
      shown.textContent = count + " of " + cards.length;
    };
    input.addEventListener("input", apply);
    apply();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k"].includes(event.key)) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
    const visible = cards.filter((card) => !card.hidden);
    const at = visible.indexOf(document.activeElement ? document.activeElement.closest(".match") : null);
    const next = visible[event.key === "j" ? at + 1 : Math.max(at - 1, 0)];
    if (next) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "start" });
    }
  });

  // On paper nothing is folded away but the candidates and the long table.
  const folded = Array.from(document.querySelectorAll("details:not(.candidates):not(.long)"));
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = folded.filter((item) => !item.open);
    closed.forEach((item) => (item.open = true));
  });
  window.addEventListener("afterprint", () => closed.forEach((item) => (item.open = false)));
})();
