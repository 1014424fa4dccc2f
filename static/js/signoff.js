// The director's page: j and k (or the arrows) walk through the criteria, o opens the page of the quote in the record's window.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("[data-criterion]")];
  const go = (step) => {
    const at = rows.indexOf(document.activeElement.closest?.("[data-criterion]"));
    const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("ar:key", (event) => {
    const step = { j: 1, k: -1 }[event.detail.key];
    if (!step || !rows.length) return;
    event.preventDefault();
    go(step);
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.closest?.("[data-criterion]")) return;
    event.preventDefault();
    go(step);
  });
})();
