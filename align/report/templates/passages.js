// The pair view, laid out as the page's own templates do.
const KINDS = ["", "", "moved", "differ"];
const SIGNS = ["", "agree", "clash"];
const words = (runs) => {
  const found = [];
  for (let i = 0; i < runs.length; i += 2) {
    const kind = runs[i + 1] % 4;
    const name = [KINDS[kind], SIGNS[Math.floor(runs[i + 1] / 4)]].filter(Boolean).join(" ");
    found.push(kind === 1 ? el("mark", { class: name }, runs[i]) : name ? el("span", { class: name }, runs[i]) : runs[i]);
  }
  return found;
};
const sideView = (side) => {
  const story = stories[side.story];
  const label = (text) => el("p", { class: "label" }, text);
  const language = data.languages[side.language] || side.language;
  const published = side.language === "und" ? "As published" : language + ", as published";
  return el(
    "div",
    { class: "side" },
    el("p", { class: "outlet" }, say(side.outlet)),
    el("p", { class: "where" }, linked(story.title, story.url), " · ", say(story.date)),
    side.original === null
      ? label("English, as published")
      : [
          label(published),
          el("blockquote", { dir: "auto", lang: langOf(side.language) }, words(side.original)),
          label("In English, by machine"),
        ],
    el("blockquote", { class: "english", dir: "auto", lang: "en" }, words(side.english)),
  );
};
const WHAT = [["same", "=", "agree"], ["different", "≠", "clash"], ["missing", "·", "on one side only"]];
const agreement = ([name, ...lists]) => [
  el("h4", {}, name),
  lists.some((list) => list.length)
    ? el("ul", { class: "agreement" }, WHAT.map(([kind, sign, what], i) =>
        lists[i].length
          ? el("li", { class: kind }, el("span", { class: "sign", "aria-hidden": "true" }, sign),
              el("span", { class: "what" }, what), lists[i].map((value) => say(value, "item")))
          : null))
    : el("p", { class: "none" }, "none on either side"),
];
const features = (match) => {
  const rows = data.features.map((name, i) => [name, match.features[i]]).filter((row) => row[1] !== null);
  if (!rows.length) return null;
  return el("details", {}, el("summary", {}, "Numbers that entered the model"),
    el("table", { class: "plain" }, el("tbody", {}, rows.map(([name, value]) =>
      el("tr", {}, el("th", { scope: "row" }, say(name)), el("td", { class: "number" }, fixed(value, 4)))))));
};
const matchCard = (match) => {
  const id = "match-" + match.number;
  return el(
    "article",
    { class: "match", id, tabindex: -1, "aria-labelledby": id + "-title" },
    el("header", {},
      el("h3", { id: id + "-title" }, el("span", { class: "number" }, String(match.number)), " ",
        say(match.sides[0].outlet), " ", el("span", { class: "and" }, "and"), " ", say(match.sides[1].outlet)),
      el("p", { class: "rating" }, el("span", { class: "class" }, match.class), " ",
        el("span", { class: "score" }, fixed(match.score)))),
    el("div", { class: "sides" }, match.sides.map(sideView)),
    el("div", { class: "evidence" },
      el("div", {}, match.agreements.map(agreement),
        match.notes.map(([name, said]) => [el("h4", {}, name), el("p", {}, say(said))])),
      el("div", {}, el("h4", {}, "Parts of the score"),
        el("table", { class: "parts" }, el("tbody", {}, match.parts.map((value, i) => {
          const [name, least, what] = data.parts[i];
          return el("tr", {}, el("th", { scope: "row", title: what }, name), el("td", {}, bar(value, least)),
            el("td", { class: "number" }, fixed(value)));
        }))),
        features(match))),
    el("p", { class: "id" }, "match ", say(match.id),
      match.family ? [" · ", to("family-" + match.family, "family " + match.family)] : null,
      match.run.length
        ? [" · one longer passage with ", match.run.slice(0, 12).map((number) => [to("match-" + number, number), " "]),
            match.run_length > 13 ? "and " + (match.run_length - 13) + " more" : null]
        : null),
  );
};
const withVerdict = (card, match) => {
  card.append(judge(match));
  return card;
};
const passages = () => {
  const place = document.getElementById("match-list");
  if (!place) return null;
  const byId = new Map(data.matches.map((match) => ["match-" + match.number, match]));
  for (const card of place.children) withVerdict(card, byId.get(card.id));
  const listing = new Listing(place, data.matches, "match-", (match) => withVerdict(matchCard(match), match), 50);
  const input = el("input", { type: "search", autocomplete: "off" });
  const shown = el("output", {});
  const text = (match) => {
    const own = [match.class, match.id, match.family ? "family:" + match.family + "." : ""];
    for (const side of match.sides) {
      const runs = [...(side.original || []), ...side.english].filter((part) => typeof part === "string");
      own.push(side.outlet, data.languages[side.language] || "", stories[side.story].title, runs.join(""));
    }
    return fold(own.join(" "));
  };
  const texts = new Map();
  const has = (match, word) => {
    if (!texts.has(match)) texts.set(match, text(match));
    return texts.get(match).includes(/^family:\d+$/.test(word) ? word + "." : word);
  };
  const found = () => {
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    return wanted.length ? data.matches.filter((match) => wanted.every((word) => has(match, word))) : data.matches;
  };
  const apply = () => {
    listing.show(found());
    shown.textContent = thousands(listing.shown.length) + " of " + thousands(data.matches.length);
  };
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, data.matches.length > 500 ? 180 : 0);
  });
  document.getElementById("filters").append(
    field("Show only passages with", input), shown,
    el("span", { class: "soft small" }, "an outlet, a word, a class, family:1; keys j and k step through them"),
    el("span", { class: "saving" }, tally, download, el("label", { class: "load" }, "Load verdicts ", load)),
  );
  tell();
  const unfilter = () => {
    input.value = "";
    apply();
  };
  shown.textContent = thousands(data.matches.length) + " of " + thousands(data.matches.length);
  listing.draw();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k"].includes(event.key)) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
    const cards = () => Array.from(place.children);
    const at = cards().indexOf(document.activeElement ? document.activeElement.closest(".match") : null);
    if (event.key === "j" && at === cards().length - 1 && !listing.later.hidden) listing.stretch(listing.step);
    const next = cards()[event.key === "j" ? at + 1 : Math.max(at - 1, 0)];
    if (next) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "start" });
    }
  });
  return { reveal: (id) => listing.reveal(id, unfilter), only: (word) => {
    input.value = word;
    apply();
  } };
};
