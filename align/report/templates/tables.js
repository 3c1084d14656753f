// A field above a table that leaves the rows with all its words.
const filterable = (table) => {
  const rows = Array.from(table.tBodies[0].rows).map((row) => [fold(row.textContent), row]);
  if (rows.length < 2) return;
  const box = el("input", { type: "search" });
  const shown = el("output", {});
  const apply = () => {
    const words = fold(box.value).split(/\s+/).filter(Boolean);
    for (const [text, row] of rows) row.hidden = !words.every((word) => text.includes(word));
    shown.textContent = thousands(rows.filter(([, row]) => !row.hidden).length) + " of " + thousands(rows.length);
  };
  box.addEventListener("input", apply);
  table.closest(".scroll").before(el("div", { class: "filters" }, field(table.dataset.filter, box), shown));
  apply();
};
// Sorting: a button in each header of a table that has more than one row.
const cellValue = (row, column) => {
  const cell = row.cells[column];
  const text = cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent.trim();
  const number = Number(text.replace(/,/g, "").replace("−", "-"));
  return text !== "" && !Number.isNaN(number) ? number : text.toLowerCase();
};
const compare = (a, b) => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
};
const sortable = (table) => {
  const body = table.tBodies[0];
  if (body.rows.length < 2) return;
  Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
    const sorter = el("button", { type: "button" }, ...header.childNodes);
    header.append(sorter);
    sorter.addEventListener("click", () => {
      const down = header.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = Array.from(body.rows).map((row) => [cellValue(row, column), row]);
      rows.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
      body.append(...rows.map((pair) => pair[1]));
    });
  });
};
