document.documentElement.classList.add("script");
for (const table of document.querySelectorAll("table[data-filter]")) filterable(table);
for (const table of document.querySelectorAll("table.sortable")) sortable(table);
for (const link of document.querySelectorAll("a[data-to]")) {
  link.setAttribute("href", "#" + link.dataset.to);
  link.removeAttribute("data-to");
}
const lists = [passages(), families(), maps()].filter(Boolean);
if (lists.length && lists[0].only) passagesOnly = lists[0].only;
const reveal = (hash) => lists.some((list) => list.reveal(hash.slice(1)));
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
  if (link) reveal(link.getAttribute("href"));
}, true);
const arrive = () => {
  if (!/^#(match|family|map)-\d+$/.test(location.hash) || !reveal(location.hash)) return;
  document.getElementById(location.hash.slice(1)).scrollIntoView();
};
window.addEventListener("hashchange", arrive);
arrive();

// On paper nothing is folded away but the candidates and the long table.
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = Array.from(document.querySelectorAll("details:not(.candidates):not(.long):not([open])"));
  for (const item of closed) {
    if (item.build) item.build();
    item.open = true;
  }
});
window.addEventListener("afterprint", () => closed.forEach((item) => (item.open = false)));
