// Families: sorted and filtered over all of them, laid out a stretch at a time.
const member = ([number, outlet, date]) => {
  const story = stories[number];
  return el("li", {}, say(outlet), " ", soft(say(date)),
    mapped.has(number) ? [" ", to("map-" + number, "what recurs where")] : null, " ",
    el("span", { class: "title" }, linked(story.title, story.url)));
};
const claim = ([said, many, origins]) => el("li", {}, say(said), " ",
  soft("stated by " + counted(many, "story", "stories") + ", " + counted(origins, "origin") + " seen here"));
const familyBody = (view) => el(
  "div",
  { class: "body" },
  el("p", {},
    el("strong", {}, view.origin === null ? "Where it comes from cannot be told" : ["Appears to come from ", say(view.origin)]),
    " (basis: " + view.basis + "): ", say(view.reason)),
  el("p", {}, say(view.seen), "."),
  el("ul", { class: "members" }, view.members.map(member)),
  view.size > view.members.length
    ? el("p", { class: "cut" }, counted(view.size - view.members.length, "more member") + " in ", el("code", {}, "families.jsonl"), ".")
    : null,
  view.claims.length
    ? [el("p", { class: "claims-title" }, "Numbers that several stories state, with their origins as far as they are seen here"),
        el("ul", { class: "claims" }, view.claims.map(claim))]
    : null,
  view.more_claims
    ? el("p", { class: "cut" }, counted(view.more_claims, "more number") + " in ", el("code", {}, "families.jsonl"), ".")
    : null,
  view.matches.length
    ? el("p", { class: "links" }, "Passages" + (view.mean === null ? "" : ", mean score " + fixed(view.mean)) + ": ",
        view.matches.map((number) => [to("match-" + number, number), " "]),
        view.more_matches ? soft("and " + thousands(view.more_matches) + " more") : null)
    : null,
);
const familyCard = (view) => {
  const more = view.outlets.length - 8;
  const card = el(
    "details",
    { class: "family", id: "family-" + view.number },
    el("summary", {},
      el("span", { class: "no" }, String(view.number)),
      el("span", { class: "who" }, view.outlets.slice(0, 8).map((outlet) => say(outlet, "item")),
        more > 0 ? [" ", soft("and " + more + " more")] : null),
      el("span", { class: "many" }, counted(view.size, "story", "stories") + ", " + counted(view.origins, "independent origin")),
      el("span", { class: "when" }, say(view.dated)),
      el("span", { class: "top" }, fixed(view.most))),
  );
  card.build = () => {
    if (card.children.length < 2) card.append(familyBody(view), ...(view.matches.length ? [together(view)] : []));
  };
  card.addEventListener("toggle", card.build);
  return card;
};
let passagesOnly = () => {};
const together = (view) => {
  const shown = button("Show these passages together", () => {
    passagesOnly("family:" + view.number);
    document.getElementById("passages").scrollIntoView();
  });
  shown.className = "more";
  return shown;
};
const low = (number) => (number === null ? -1 : number);
const late = (date) => date || "~";
const ORDERS = {
  size: ["stories, most first", (a, b) => b.size - a.size],
  most: ["highest score", (a, b) => low(b.most) - low(a.most)],
  mean: ["mean score", (a, b) => low(b.mean) - low(a.mean)],
  first: ["first date, earliest first", (a, b) => compare(late(a.date), late(b.date))],
  last: ["first date, latest first", (a, b) => compare(b.date, a.date)],
  outlets: ["outlets, most first", (a, b) => b.outlets.length - a.outlets.length],
  names: ["outlets, A to Z", (a, b) => compare(a.outlets.join(" "), b.outlets.join(" "))],
  origins: ["independent origins, most first", (a, b) => b.origins - a.origins],
};
const names = (lists, spoken = (name) => name) =>
  Array.from(new Set(lists.flat())).map((name) => [name, spoken(name)]).sort((a, b) => compare(fold(a[1]), fold(b[1])));
const families = () => {
  const place = document.getElementById("family-list");
  if (!place) return null;
  const byId = new Map(data.families.map((view) => ["family-" + view.number, view]));
  for (const card of place.children) if (byId.get(card.id).matches.length) card.append(together(byId.get(card.id)));
  const listing = new Listing(place, data.families, "family-", familyCard, 50);
  const outlet = select([["", "every outlet"], ...names(data.families.map((view) => view.outlets))]);
  const spoken = (tag) => data.languages[tag] || tag;
  const language = select([["", "every language"], ...names(data.families.map((view) => view.languages), spoken)]);
  const score = el("input", { type: "number", min: 0, max: 1, step: 0.05, value: "0" });
  const order = select(Object.entries(ORDERS).map(([key, [text]]) => [key, text]));
  const shown = el("output", {});
  const apply = () => {
    const least = Number(score.value) || 0;
    const found = data.families.filter((view) =>
      (!outlet.value || view.outlets.includes(outlet.value)) &&
      (!language.value || view.languages.includes(language.value)) &&
      (least <= 0 || low(view.most) >= least));
    const sorter = ORDERS[order.value][1];
    listing.show(found.sort((a, b) => sorter(a, b) || a.number - b.number));
    shown.textContent = thousands(found.length) + " of " + thousands(data.families.length);
  };
  for (const input of [outlet, language, score, order]) input.addEventListener("input", apply);
  const filters = document.getElementById("family-filters");
  if (data.families.length > 1) {
    filters.append(field("With", outlet), field("in", language), field("highest score from", score), field("sorted by", order), shown);
  }
  listing.draw();
  shown.textContent = thousands(data.families.length) + " of " + thousands(data.families.length);
  const unfilter = () => {
    outlet.value = language.value = "";
    score.value = "0";
    apply();
  };
  return { reveal: (id) => {
    const there = listing.reveal(id, unfilter);
    if (there) document.getElementById(id).open = true;
    return there;
  } };
};
