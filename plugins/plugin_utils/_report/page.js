/*
Copyright (c) 2026 keyward contributors
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
SPDX-FileCopyrightText: 2026 keyward contributors
*/
"use strict";
// The rows of a table are columns of values; a column of few different values holds them once, and indexes.
class Table {
  constructor(section, data) {
    this.columns = data.columns.map((column) => ({
      ...column,
      at: column.index ? (row) => column.values[column.index[row]] : (row) => column.values[row],
    }));
    this.name = data.name;
    this.rows = Array.from({ length: data.length }, (_, row) => row);
    this.shown = this.rows;
    this.texts = null;
    this.page = 0;
    this.sorted = null;
    const find = (selector) => section.querySelector(selector);
    this.head = find("thead tr");
    this.body = find("tbody");
    this.status = find("[role=status]");
    this.search = find("input[type=search]");
    this.filters = [...section.querySelectorAll("select[data-column]")];
    this.size = find("select[data-size]");
    this.previous = find("[data-previous]");
    this.next = find("[data-next]");
    this.printNote = find("p.print");
    this.pageNote = find("[data-page]");
    this.visible = this.columns.filter((column) => !column.hidden);
    // What fits on one page needs no pages.
    for (const each of [find(".pages"), this.size.parentElement]) each.hidden = data.length <= Number(this.size.value);
    this.prepare(find("[data-export]"));
    this.render();
  }

  prepare(exporter) {
    for (const column of this.visible) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.setAttribute("role", "columnheader");
      if (column.number) cell.className = "number";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = column.label;
      button.addEventListener("click", () => this.sort(column, cell));
      // Chromium repeats no head with a button in it on each sheet of paper.
      const printed = document.createElement("span");
      printed.className = "print";
      printed.textContent = column.label;
      cell.append(button, printed);
      this.head.append(cell);
    }
    for (const filter of this.filters) {
      const column = this.named(filter.dataset.column);
      const values = [...new Set(column.index ? column.values : this.rows.map(column.at))];
      values.sort(compare);
      for (const value of values) filter.append(new Option(value === "" ? "(none)" : value, `=${value}`));
      filter.addEventListener("change", () => this.filter());
    }
    this.search.addEventListener("input", () => this.filter());
    this.size.addEventListener("change", () => { this.page = 0; this.render(); });
    this.previous.addEventListener("click", () => { this.page -= 1; this.render(); });
    this.next.addEventListener("click", () => { this.page += 1; this.render(); });
    exporter.addEventListener("click", () => this.export());
    const most = 2000;
    addEventListener("beforeprint", () => {
      this.printNote.textContent = this.printed(most);
      this.fill(this.shown.slice(0, most));
    });
    addEventListener("afterprint", () => this.render());
  }

  printed(most) {
    const [shown, all] = [this.shown.length, this.rows.length];
    if (shown > most) return `The first ${most} of ${shown} rows are printed: filter the table to print others.`;
    return shown < all ? `${shown} of ${all} rows: the table was filtered.` : "";
  }

  named(name) {
    return this.columns.find((column) => column.name === name);
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !this.texts) {
      this.texts = this.rows.map((row) => this.columns.map((column) => text(column, row)).join("\n").toLowerCase());
    }
    const wanted = this.filters.filter((filter) => filter.value).map((filter) => [
      this.named(filter.dataset.column), filter.value.slice(1),
    ]);
    this.shown = this.rows.filter((row) => wanted.every(([column, value]) => String(column.at(row)) === value)
      && words.every((word) => this.texts[row].includes(word)));
    this.page = 0;
    this.order();
    this.render();
  }

  sort(column, cell) {
    const first = Boolean(column.number || column.order);
    const descending = this.sorted && this.sorted.column === column ? !this.sorted.descending : first;
    for (const other of this.head.children) other.removeAttribute("aria-sort");
    cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
    this.sorted = { column, descending };
    this.page = 0;
    this.order();
    this.render();
  }

  order() {
    if (!this.sorted) return;
    const { descending } = this.sorted;
    const column = this.named(this.sorted.column.order) || this.sorted.column;
    const ranks = column.ranks && new Map(column.ranks.map((value, rank) => [value, rank]));
    const key = ranks ? (row) => ranks.get(column.at(row)) : column.at;
    // What is not known comes last, whichever way the rows are sorted.
    const order = (left, right) => {
      const [a, b] = [key(left), key(right)];
      if (a === null || a === "") return b === null || b === "" ? 0 : 1;
      if (b === null || b === "") return -1;
      return descending ? compare(b, a) : compare(a, b);
    };
    this.shown = [...this.shown].sort(order);
  }

  render() {
    const size = Number(this.size.value);
    const pages = Math.max(1, Math.ceil(this.shown.length / size));
    this.page = Math.min(Math.max(this.page, 0), pages - 1);
    const first = this.page * size;
    const rows = this.shown.slice(first, first + size);
    this.fill(rows);
    this.previous.disabled = this.page === 0;
    this.next.disabled = this.page >= pages - 1;
    this.pageNote.textContent = `Page ${this.page + 1} of ${pages}`;
    const range = rows.length ? `${first + 1} to ${first + rows.length} of ` : "";
    const all = this.rows.length === this.shown.length ? "" : ` (${this.rows.length} in all)`;
    this.status.textContent = `Rows ${range}${this.shown.length}${all}`;
  }

  fill(rows) {
    const fragment = document.createDocumentFragment();
    for (const row of rows) {
      const line = document.createElement("tr");
      line.setAttribute("role", "row");
      for (const column of this.visible) {
        const cell = document.createElement("td");
        // Where the style sheet makes blocks of the rows, the roles keep them a table.
        cell.setAttribute("role", "cell");
        cell.dataset.label = column.label;
        const value = text(column, row);
        if (column.badge && value) {
          const badge = document.createElement("span");
          badge.className = `badge ${value}`;
          badge.textContent = value;
          cell.append(badge);
        } else if (column.kind === "spark" && value) cell.append(...spark(value));
        else cell.textContent = value;
        const detail = this.named(column.detail);
        if (detail && text(detail, row)) {
          const small = document.createElement("small");
          small.textContent = text(detail, row);
          cell.append(small);
        }
        if (column.kind) cell.className = column.kind;
        line.append(cell);
      }
      fragment.append(line);
    }
    this.body.replaceChildren(fragment);
  }

  export() {
    const quote = (value, column) => {
      // As in the spreadsheet that is written with the page.
      const guarded = column.number ? value : value.replace(/(^|[;\t\r])(?=\s*[=+\-@\t\r\uff0b\uff0d\uff1d\uff20])/g, "$1'");
      return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
    };
    const lines = [this.columns.map((column) => column.name).join(",")];
    for (const row of this.shown) lines.push(this.columns.map((column) => quote(text(column, row), column)).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv" }));
    link.download = `${this.name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
}

function spark(value) {
  const numbers = value.split(" ").map(Number);
  const [lowest, highest] = [Math.min(...numbers), Math.max(...numbers)];
  const make = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [attribute, each] of Object.entries(attributes)) element.setAttribute(attribute, each);
    return element;
  };
  const step = 96 / (numbers.length - 1);
  const points = numbers.map((number, index) => `${2 + index * step},${22 - (number / (highest || 1)) * 20}`);
  const label = `${numbers.length} times, ${lowest} to ${highest} ms`;
  const svg = make("svg", { class: "spark", role: "img", viewBox: "0 0 100 24", width: 100, height: 24, "aria-label": label });
  svg.append(make("polyline", { class: "line neutral", points: points.join(" ") }));
  const range = document.createElement("small");
  range.ariaHidden = "true";
  range.textContent = `${lowest} to ${highest}`;
  return [svg, range];
}

function text(column, row) {
  const value = column.at(row);
  return value === null ? "" : String(value);
}

const collator = new Intl.Collator(undefined, { numeric: true });

function compare(left, right) {
  return typeof left === "number" && typeof right === "number" ? left - right : collator.compare(left, right);
}

const theme = document.getElementById("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
const name = () => { theme.textContent = isDark() ? "Light theme" : "Dark theme"; };
theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; name(); });
dark.addEventListener("change", name);
theme.hidden = false;
name();

for (const source of document.querySelectorAll("script[type='application/json']")) {
  const section = document.getElementById(source.dataset.section);
  section.querySelector("[data-live]").hidden = false;
  new Table(section, JSON.parse(source.textContent));
}
