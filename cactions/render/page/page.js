"use strict";
(() => {
  const PAGE = 100;
  const MOST_PRINTED = 1000;
  const format = (number) => number.toLocaleString("en");
  const byId = (id) => document.getElementById(id);
  const parse = (element) => JSON.parse(element.textContent);
  const splitWords = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

  const make = (tag, style, ...children) => {
    const element = document.createElement(tag);
    if (style) element.className = style;
    element.append(...children);
    return element;
  };

  const onChange = (form, act) => {
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(act, 120);
    });
    form.addEventListener("reset", () => setTimeout(act));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
  };

  // One block of rows. A row is numbers into the texts of its block: its number, name, key,
  // outcome, class, whether the changes were not written, notes, and an array for each item.
  class Block {
    constructor(element, start) {
      this.element = element;
      this.start = start;
      this.count = Number(element.dataset.rows);
    }

    get data() {
      this.parsed ??= parse(this.element);
      return this.parsed;
    }

    // The texts that hold a word, or are equal to it, as flags by their numbers; null for none.
    find(word, equal) {
      const { texts } = this.data;
      this.lower ??= texts.map((text) => text.toLowerCase());
      const flags = new Uint8Array(texts.length);
      let number = 0;
      for (let at = 0; at < flags.length; at += 1) {
        flags[at] = equal ? texts[at] === word : this.lower[at].includes(word);
        number += flags[at];
      }
      return number ? flags : null;
    }
  }

  class People {
    constructor(table) {
      this.legend = parse(byId("legend"));
      this.body = table.tBodies[0];
      this.blocks = [];
      this.total = 0;
      for (const element of document.querySelectorAll("script.rows")) {
        const block = new Block(element, this.total);
        this.blocks.push(block);
        this.total += block.count;
      }
      this.form = byId("filter");
      this.pages = byId("pages");
      this.shown = byId("shown");
      this.number = this.pages.querySelector("input");
      this.found = null; // null: everyone
      this.page = 0;
    }

    get size() {
      return this.found ? this.found.length : this.total;
    }

    get last() {
      return Math.max(0, Math.ceil(this.size / PAGE) - 1);
    }

    start() {
      onChange(this.form, () => this.filter());
      this.pages.addEventListener("click", (event) => this.step(event.target.dataset.step));
      this.number.addEventListener("change", () => this.go(Number(this.number.value) - 1));
      addEventListener("beforeprint", () => this.draw(0, MOST_PRINTED));
      addEventListener("afterprint", () => this.go(this.page));
      const plain = byId("plain");
      if (plain) plain.hidden = true;
      this.filter();
      this.readAhead(0);
    }

    // While no one waits, so that the first search is as fast as the next.
    readAhead(at) {
      if (at >= this.blocks.length) return;
      this.blocks[at].find("", false);
      setTimeout(() => this.readAhead(at + 1), 10);
    }

    step(name) {
      const pages = { first: 0, previous: this.page - 1, next: this.page + 1, last: this.last };
      if (name in pages) this.go(pages[name]);
    }

    go(page) {
      this.page = Math.min(Math.max(0, page || 0), this.last);
      this.number.value = this.page + 1;
      this.number.max = this.last + 1;
      byId("of").textContent = `of ${format(this.last + 1)}`;
      for (const button of this.pages.querySelectorAll("button")) {
        const back = ["first", "previous"].includes(button.dataset.step);
        button.disabled = this.page === (back ? 0 : this.last);
      }
      this.pages.hidden = this.last === 0;
      this.draw(this.page * PAGE, PAGE);
    }

    filter() {
      const { search, person, outcome, attribute, kind } = this.form.elements;
      const asked = {
        words: splitWords(search.value), names: splitWords(person.value),
        outcome: outcome.value, attribute: attribute.value, kind: kind.value,
      };
      const all = !asked.words.length && !asked.names.length && !asked.outcome;
      this.found = all && !asked.attribute && !asked.kind ? null : this.search(asked);
      this.go(0);
    }

    search(asked) {
      const found = [];
      for (const block of this.blocks) {
        const words = asked.words.map((word) => block.find(word, false));
        const names = asked.names.map((word) => block.find(word, false));
        const [outcome, attribute, kind] = [asked.outcome, asked.attribute, asked.kind].map(
          (text) => (text ? block.find(text, true) : undefined),
        );
        const flags = { words, names, outcome, attribute, kind };
        if ([...words, ...names, outcome, attribute, kind].includes(null)) continue;
        block.data.rows.forEach((row, at) => {
          if (this.meets(row, flags)) found.push(block.start + at);
        });
      }
      return found;
    }

    meets(row, { words, names, outcome, attribute, kind }) {
      if (outcome && !outcome[row[3]]) return false;
      for (const flags of names) if (!flags[row[1]] && !flags[row[2]]) return false;
      if ((attribute || kind) && !this.hasItem(row, attribute, kind)) return false;
      for (const flags of words) if (!this.hasText(row, flags)) return false;
      return true;
    }

    hasItem(row, attribute, kind) {
      for (let at = 7; at < row.length; at += 1) {
        const [word, names] = row[at];
        if ((!kind || kind[word]) && (!attribute || names.some((name) => attribute[name]))) {
          return true;
        }
      }
      return false;
    }

    hasText(row, flags) {
      if (flags[row[1]] || flags[row[2]] || flags[row[3]]) return true;
      for (const note of row[6]) if (flags[note]) return true;
      for (let at = 7; at < row.length; at += 1) {
        const item = row[at];
        if (flags[item[0]]) return true;
        for (let text = 3; text < item.length; text += 2) if (flags[item[text]]) return true;
      }
      return false;
    }

    draw(start, most) {
      const end = Math.min(this.size, start + most);
      const rows = [];
      let block = 0;
      for (let at = start; at < end; at += 1) {
        const number = this.found ? this.found[at] : at;
        while (number >= this.blocks[block].start + this.blocks[block].count) block += 1;
        const { data, start: first } = this.blocks[block];
        rows.push(this.drawRow(data.rows[number - first], data.texts));
      }
      this.body.replaceChildren(...rows);
      const range = this.size > end - start ? `${format(start + 1)}–${format(end)} of ` : "";
      const whole = this.found ? ` (of ${format(this.total)})` : "";
      const noun = this.size === 1 ? "person" : "people";
      this.shown.textContent = `${range}${format(this.size)} ${noun}${whole}`;
    }

    drawSpan(style, text) {
      const name = this.legend.classes[style];
      return name ? make("bdi", name, text) : text;
    }

    drawRow([entry, name, key, outcome, style, unwritten, notes, ...items], texts) {
      const who = make("th", "", make("bdi", "name", texts[name]));
      who.scope = "row";
      if (texts[key]) {
        who.append(make("div", "why", "matched by ", make("bdi", "code", texts[key])));
      }
      const why = notes.map((note) => make("div", "why", texts[note]));
      const changes = make("td", "");
      if (unwritten) changes.append(make("div", "why", this.legend.unwritten));
      const list = items.map((item) => this.drawItem(item, texts));
      if (list.length) changes.append(make("ul", "", ...list));
      return make(
        "tr", "", make("td", "number", entry ? format(entry) : ""), who,
        make("td", "", this.drawSpan(style, texts[outcome]), ...why), changes,
      );
    }

    drawItem([word, , ...spans], texts) {
      const [mark, style] = this.legend.marks[texts[word]];
      const line = make("span", "");
      for (let at = 0; at < spans.length; at += 2) {
        line.append(this.drawSpan(spans[at], texts[spans[at + 1]]));
      }
      return make("li", "", make("span", `kind ${style}`, `${mark} ${texts[word]}`), " ", line);
    }
  }

  const filterFindings = (form) => {
    const found = [...document.querySelectorAll("article")];
    const texts = found.map((article) => article.textContent.toLowerCase());
    const { search, severity, rule } = form.elements;
    const show = () => {
      const words = splitWords(search.value);
      let number = 0;
      found.forEach((article, at) => {
        article.hidden =
          !words.every((word) => texts[at].includes(word)) ||
          (severity.value && article.dataset.severity !== severity.value) ||
          (rule.value && article.dataset.rule !== rule.value);
        number += article.hidden ? 0 : 1;
      });
      byId("shown").textContent = `${format(number)} of ${format(found.length)} findings`;
    };
    onChange(form, show);
    show();
  };

  if (byId("rows")) new People(byId("rows")).start();
  if (byId("findings-filter")) filterFindings(byId("findings-filter"));
})();
