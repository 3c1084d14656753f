// Elements from text: what comes from pages becomes text nodes and checked attributes, never markup.
const SVG = "http://www.w3.org/2000/svg";
const UNSHOWABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\p{Cs}/gu;
const shown = (child) => (typeof child === "string" ? child.replace(UNSHOWABLE, "\ufffd") : child);
const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== "") element.setAttribute(name, shown(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== "").map(shown));
  return element;
};
const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const say = (text, name) => el("bdi", { dir: "auto", class: name }, text);
const soft = (...children) => el("span", { class: "soft" }, ...children);
const linked = (text, url) =>
  /^https?:\/\//i.test(url)
    ? el("a", { href: url, rel: "noopener noreferrer nofollow" }, say(text))
    : say(text);
const to = (id, text) => el("a", { href: "#" + id }, String(text));
const fixed = (number, digits = 2) => (number === null ? "" : number.toFixed(digits).replace("-", "−"));
const thousands = (number) => number.toLocaleString("en");
const counted = (number, one, many) => thousands(number) + " " + (number === 1 ? one : many || one + "s");
const langOf = (tag) => (/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) && tag !== "und" ? tag : null);
// Without case and accents, and with one letter for the Turkish i and ı.
const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/ı/g, "i");
const bar = (value, low) => {
  const at = (x) => ((Math.min(Math.max(x, low), 1) - low) / (1 - low)) * 120;
  const zero = at(0), end = at(value);
  return svg(
    "svg",
    { class: "meter", viewBox: "0 0 120 8", width: 120, height: 8, "aria-hidden": "true" },
    svg("rect", { class: "track", width: 120, height: 8, rx: 2 }),
    svg("rect", {
      class: value >= 0 ? "bar" : "bar below",
      x: Math.min(zero, end).toFixed(1), width: Math.abs(end - zero).toFixed(1), height: 8, rx: 2,
    }),
    svg("line", { class: "zero", x1: zero.toFixed(1), x2: zero.toFixed(1), y1: 0, y2: 8 }),
  );
};
const button = (text, action) => {
  const made = el("button", { type: "button" }, text);
  made.addEventListener("click", action);
  return made;
};
const field = (text, input) => {
  input.setAttribute("aria-label", text);
  return el("label", {}, text + " ", input);
};
const select = (options) => el("select", {}, options.map(([value, text]) => Object.assign(el("option", {}, text), { value })));
const data = JSON.parse(document.getElementById("run-data").textContent);
const stories = data.stories.map(([outlet, title, date, url, id]) => ({ outlet, title, date, url, id }));
