// What a reader says of the pairs: kept in this page's memory alone, until it is downloaded.
const verdicts = new Map();
let unsaved = false;
const tally = el("output", {});
const download = button("Download verdicts", () => {
  const passed = data.matches
    .filter((match) => verdicts.has(match.id) && verdicts.get(match.id).verdict)
    .map((match) => ({ match: match.id, verdict: verdicts.get(match.id).verdict, note: verdicts.get(match.id).note }));
  const text = JSON.stringify({ signature: data.signature, verdicts: passed }, null, 2) + "\n";
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = el("a", { href: url, download: "verdicts.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
  unsaved = false;
});
const tell = (more = "") => {
  const passed = Array.from(verdicts.values()).filter((item) => item.verdict);
  tally.textContent = more || (passed.length ? counted(passed.length, "verdict") : "no verdicts yet");
  download.disabled = !passed.length;
};
const judgements = new Map();
const judge = (match) => {
  const of = () => verdicts.get(match.id) || { verdict: "", note: "" };
  const note = el("input", { type: "text", autocomplete: "off", maxlength: 2000 });
  const choices = ["right", "wrong"].map((verdict) => [
    verdict,
    button(verdict === "right" ? "Right" : "Wrong", () => put({ verdict: of().verdict === verdict ? "" : verdict })),
  ]);
  const draw = () => {
    for (const [verdict, choice] of choices) choice.setAttribute("aria-pressed", String(of().verdict === verdict));
    if (note.value !== of().note) note.value = of().note;
  };
  const put = (change) => {
    verdicts.set(match.id, { ...of(), ...change });
    unsaved = true;
    draw();
    tell();
  };
  note.addEventListener("input", () => put({ note: note.value }));
  judgements.set(match.id, draw);
  draw();
  return el(
    "div",
    { class: "judge", role: "group", "aria-label": "Your verdict on pair " + match.number },
    el("span", { class: "what" }, "One source?"), choices.map((pair) => pair[1]), field("Note", note),
  );
};
const load = el("input", { type: "file", accept: ".json,application/json" });
load.addEventListener("change", async () => {
  const known = new Set(data.matches.map((match) => match.id));
  try {
    const read = JSON.parse(await load.files[0].text());
    if (read.signature !== data.signature) throw new Error("they are of another run");
    const good = read.verdicts.filter((item) => known.has(item.match) && ["right", "wrong"].includes(item.verdict));
    for (const item of good) verdicts.set(item.match, { verdict: item.verdict, note: String(item.note || "") });
    for (const draw of judgements.values()) draw();
    const lost = read.verdicts.length - good.length;
    tell(lost ? counted(lost, "verdict") + " on pairs that are not on this page" : "");
  } catch (error) {
    tell("not read: " + error.message);
  }
  load.value = "";
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
