// A long list of which a stretch is laid out: what is not asked for is not made.
class Listing {
  constructor(place, items, prefix, make, step) {
    Object.assign(this, { place, items, prefix, make, step });
    this.made = new Map();
    for (const child of place.children) this.made.set(child.id, child);
    this.shown = items;
    this.begin = 0;
    this.count = Math.max(step, this.made.size);
    this.earlier = button("Show those before", () => this.stretch(-this.step));
    this.later = button("Show more", () => this.stretch(this.step));
    this.earlier.className = this.later.className = "more";
    place.before(this.earlier);
    place.after(this.later);
  }
  element(item) {
    const id = this.prefix + item.number;
    if (!this.made.has(id)) this.made.set(id, this.make(item));
    return this.made.get(id);
  }
  show(items) {
    this.shown = items;
    this.begin = 0;
    this.count = this.step;
    this.draw();
  }
  stretch(by) {
    const last = this.place.lastElementChild;
    if (by < 0) this.begin = Math.max(0, this.begin + by);
    this.count += Math.abs(by);
    this.draw();
    if (by > 0 && last && last.nextElementSibling) this.focus(last.nextElementSibling);
  }
  focus(element) {
    (element.matches("[tabindex]") ? element : element.querySelector("summary")).focus({ preventScroll: true });
  }
  draw() {
    const end = Math.min(this.begin + this.count, this.shown.length);
    this.place.replaceChildren(...this.shown.slice(this.begin, end).map((item) => this.element(item)));
    this.earlier.hidden = this.begin === 0;
    this.later.hidden = end >= this.shown.length;
    this.later.textContent = "Show " + Math.min(this.step, this.shown.length - end) + " more of " + thousands(this.shown.length);
  }
  // Lays out the item of this id, in the whole list where the filters hide it; false where there is none.
  reveal(id, unfilter) {
    const isIt = (item) => this.prefix + item.number === id;
    if (!this.items.some(isIt)) return false;
    if (!this.shown.some(isIt)) unfilter();
    const at = this.shown.findIndex(isIt);
    if (at < this.begin || at >= this.begin + this.count) {
      this.begin = Math.max(0, at - 2);
      this.count = this.step;
      this.draw();
    }
    return true;
  }
}
