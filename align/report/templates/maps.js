// Where the passages of a story recur.
const MOST_ROWS = 24;
const strip = ([other, blocks]) => {
  const story = stories[other];
  return el(
    "div",
    { class: "strip" },
    el("span", { class: "label" }, say(story.outlet), " ", soft(say(story.title))),
    svg(
      "svg",
      { viewBox: "0 0 1000 16", preserveAspectRatio: "none", role: "group",
        "aria-label": counted(blocks.length, "passage") + " in common with " + story.outlet },
      svg("rect", { class: "track", width: 1000, height: 16 }),
      blocks.map(([number, x, width, score]) => {
        const said = "passage " + number + ", score " + fixed(score);
        return svg("a", { href: "#match-" + number, "aria-label": said }, svg("title", {}, said),
          svg("rect", { class: "heat", x: x.toFixed(1), width: width.toFixed(1), height: 16, "fill-opacity": fixed(0.25 + 0.75 * score) }));
      }),
    ),
  );
};
const mapFigure = ({ number, passages: count, rows }) => {
  const story = stories[number];
  return el(
    "figure",
    { class: "map", id: "map-" + number, tabindex: -1 },
    el("figcaption", {}, el("strong", {}, say(story.outlet)), " ", el("span", { class: "title" }, linked(story.title, story.url)), " ",
      soft(say(story.date), " · " + counted(count, "passage") + " in " + counted(rows.length, "other story", "other stories"))),
    rows.slice(0, MOST_ROWS).map(strip),
    rows.length > MOST_ROWS
      ? el("p", { class: "cut" }, counted(rows.length - MOST_ROWS, "more story", "more stories") + " in ", el("code", {}, "matches.jsonl"), ".")
      : null,
  );
};
const mapViews = data.maps.map(([number, count, rows]) => ({ number, passages: count, rows }));
const mapped = new Set(mapViews.map((view) => view.number));
const maps = () => {
  const place = document.getElementById("map-list");
  if (!place) return null;
  const listing = new Listing(place, mapViews, "map-", mapFigure, 40);
  const input = el("input", { type: "search", autocomplete: "off" });
  const texts = new Map();
  const text = (view) => {
    if (!texts.has(view)) texts.set(view, fold(stories[view.number].outlet + " " + stories[view.number].title));
    return texts.get(view);
  };
  const apply = () => {
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    listing.show(mapViews.filter((view) => wanted.every((word) => text(view).includes(word))));
  };
  input.addEventListener("input", apply);
  if (mapViews.length > 4) document.getElementById("map-filters").append(field("Show only stories with", input));
  listing.draw();
  return { reveal: (id) => listing.reveal(id, () => {
    input.value = "";
    apply();
  }) };
};
