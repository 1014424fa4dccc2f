// The checklist: moving between rows, digits that cite, keeping radios in step with what an answer says. What is saved is decided by the server.
// A passage selected in the record is told by record.js ("record:selected", "record:cleared"). Controls of a row are never replaced.
"use strict";
(() => {
  const list = document.getElementById("checklist");
  if (!list) return;
  const rows = () => [...list.querySelectorAll(".row-c")].filter((row) => row.checkVisibility());
  const rowOf = (element) => element?.closest?.(".row-c") ?? null;
  const status = (row) => row.querySelector(".row-status");
  const isTyping = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit])");
  const keysOn = () => !document.documentElement.classList.contains("keys-off");
  let last = null;      // the row in hand, also while the focus is in the record
  let pending = false;  // a passage is selected
  let passage = null;   // which: {document, page, first, last}
  let digits = "";
  let timer = 0;

  const go = (row) => { if (!row) return; last = row; row.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); };
  const inHand = () => rowOf(document.activeElement) ?? (last?.isConnected ? last : null);
  const move = (step) => {
    const all = rows();
    const at = all.indexOf(inHand());
    go(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]);
  };
  // The next row that is open and that nobody has marked; from the top if there is none below.
  const nextOpen = (from) => {
    const all = rows();
    const at = from ? all.indexOf(from) : -1;
    const open = (row) => status(row).dataset.value === "" && row.querySelector(".mark-c").dataset.mark === "open";
    return [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))].find(open);
  };
  list.addEventListener("focusin", (event) => { const row = rowOf(event.target); if (row) last = row; });

  // --- citing: a selected passage and a number
  document.addEventListener("record:selected", (event) => { passage = event.detail; pending = true; stop(); });
  document.addEventListener("record:cleared", () => { passage = null; pending = false; stop(); });
  const stop = () => { clearTimeout(timer); digits = ""; };
  const onTheirWay = [];  // {passage, row}: what was cited and not answered yet, in order
  // Sent with the passage as it is now: by the time a queued request goes out another may be selected.
  const citeTo = (row) => {
    stop();
    const form = document.getElementById("cite-form");
    if (!row || !form || !passage) return;
    const { document: id, page, first, last } = passage;
    onTheirWay.push({ passage, row });
    const values = { criterion: row.dataset.row, cite_document: id, cite_page: page, cite_first: first, cite_last: last, quote_text: "" };
    htmx.ajax("POST", form.getAttribute("action"), { source: form, swap: "none", values });
  };
  // The answer clears the selection, unless the next passage has been selected meanwhile.
  list.addEventListener("record:cited", (event) => {
    if (event.target.id !== "cite-form" || !passage || passage === onTheirWay[0]?.passage) return;
    event.stopPropagation();
    htmx.trigger("#record-marks", "refresh");
  });
  const byNumber = (number) => [...list.querySelectorAll(".row-c")].find((row) => row.dataset.number === String(number));
  const byId = (criterion) => document.getElementById(`finding-${criterion}`);
  const most = () => Math.max(0, ...[...list.querySelectorAll(".row-c")].map((row) => Number(row.dataset.number)));
  const digit = (key) => {
    clearTimeout(timer);
    digits = digits + key;
    const number = Number(digits);
    if (number < 1 || number > most()) { say(`There is no criterion ${digits}.`); stop(); return; }
    if (digits.length > 1 || number * 10 > most()) { citeTo(byNumber(number)); return; }
    timer = setTimeout(() => citeTo(byNumber(number)), 800);
  };
  // Before keys.js: with a passage selected a digit names a criterion and marks nothing.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const focused = document.activeElement ?? document.body;
    const typing = isTyping(focused);
    if (pending && !typing && keysOn() && !document.querySelector("dialog[open]")) {
      if (/^[0-9]$/.test(event.key)) { event.preventDefault(); event.stopImmediatePropagation(); if (!event.repeat) digit(event.key); return; }
      if (event.key === "Enter" && digits) { event.preventDefault(); event.stopImmediatePropagation(); citeTo(byNumber(Number(digits))); return; }
      if (event.key === "c" && inHand()) { event.preventDefault(); event.stopImmediatePropagation(); citeTo(inHand()); return; }
    }
    if (event.key === "Escape" && typing && rowOf(focused)) { event.preventDefault(); go(rowOf(focused)); return; }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing && !event.shiftKey && rowOf(focused)) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    }
  }, true);

  const nextLine = () => {
    const lines = [...document.querySelectorAll("#case-head .tabs-lines a")];
    return lines.length > 1 ? lines[(lines.findIndex((line) => line.matches("[aria-current]")) + 1) % lines.length] : null;
  };

  // --- keys that no control of the page takes; from the record's own window too
  document.addEventListener("ar:key", (event) => {
    const { key, repeat } = event.detail;
    const here = event.target.closest("#checklist, #record-pane") || event.target === document.body;
    if (pending && /^[0-9]$/.test(key)) { event.preventDefault(); if (!repeat) digit(key); return; }
    if (pending && key === "c" && inHand()) { event.preventDefault(); citeTo(inHand()); return; }
    if (!here) return;
    if (key === "j" || key === "k") { event.preventDefault(); move(key === "j" ? 1 : -1); return; }
    if (key === "o") { event.preventDefault(); go(nextOpen(inHand())); return; }
    if (key === "l") { event.preventDefault(); if (!repeat) nextLine()?.click(); return; }
    const all = { A: "accept-all", N: "mark-rest" }[key];
    if (all && !repeat) { const button = document.getElementById(all); if (button) { event.preventDefault(); button.click(); } return; }
    // The focus is beside the list: the key is meant for the row in hand.
    const control = !rowOf(event.target) && last?.isConnected ? last.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
    if (control?.checkVisibility()) { event.preventDefault(); if (!repeat) { control.focus(); if (!isTyping(control)) control.click(); } }
  });

  // --- what is typed
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-evidence]");
    if (!button) return;
    document.getElementById("cite-criterion").value = rowOf(button).dataset.row;
    document.getElementById("cite-sec").open = true;
    document.getElementById("quote-text").focus();
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches(".row-note textarea")) event.target.blur();
  });
  // A point of the panel leads to its row, also inside a folded part.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#standing a.point, .message a[href^='#finding-']");
    const row = link && document.getElementById(link.hash.slice(1));
    if (!row) return;
    event.preventDefault();
    const folded = row.closest("details");
    if (folded) folded.open = true;
    go(row);
  });

  // A link to a fold of this page opens it, and its first field is in hand.
  document.addEventListener("click", (event) => {
    const fold = event.target.closest('a[href^="#"]')?.hash.slice(1);
    const details = fold && document.getElementById(fold);
    if (!(details instanceof HTMLDetailsElement)) return;
    details.open = true;
    requestAnimationFrame(() => details.querySelector("form input:not([type=hidden]), form select, form textarea")?.focus());
  });

  // --- answers. A radio follows the answer unless somebody has chosen again since it was asked.
  const chosen = new WeakMap();
  list.addEventListener("change", (event) => { const row = rowOf(event.target); if (row && event.target.type === "radio") chosen.set(row, (chosen.get(row) ?? 0) + 1); });
  const asked = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const counts = new Map(rows().map((row) => [row, chosen.get(row) ?? 0]));
    asked.set(event.detail.xhr, counts);
  });
  const follow = (xhr) => {
    const counts = asked.get(xhr);
    list.querySelectorAll(".row-c").forEach((row) => {
      if (counts && (counts.get(row) ?? 0) !== (chosen.get(row) ?? 0)) return;
      const value = status(row).dataset.value;
      row.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = radio.value === value; });
    });
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, elt, successful } = event.detail;
    if (!list.contains(elt) && !elt.matches?.("[data-follow]")) return;
    if (successful && xhr.status < 300) {
      follow(xhr);
    }
    if (elt.id === "cite-form") {
      const row = onTheirWay.shift()?.row ?? byId(document.getElementById("cite-criterion").value);
      if (successful && xhr.status < 300) { document.getElementById("quote-text").value = ""; go(nextOpen(row) ?? row); }
    }
    if (xhr.status === 409) offer(rowOf(elt));
  });
  document.addEventListener("checklist:recorded", (event) => {
    const form = event.target.closest?.(".row-fact") ?? rowOf(event.target)?.querySelector(".row-fact");
    if (!form) return;
    form.elements.typed.value = "";
    go(nextOpen(rowOf(form)) ?? rowOf(form));
  });
  document.addEventListener("checklist:accepted", () => go(nextOpen(null)));

  // A stale row: nothing typed is lost, and one press shows what is saved now.
  const offer = (row) => {
    const said = document.querySelector("#messages .message-text");
    if (!row || !said || said.querySelector("a")) return;
    const link = document.createElement("a");
    link.href = `#${row.id}`;
    link.textContent = "Show what is saved now";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      link.closest(".message").remove();
      chosen.delete(row);
      htmx.ajax("GET", row.querySelector("form").getAttribute("action"), { source: row, swap: "none" }).then(() => { follow(null); go(row); });
    });
    said.append(" ", link);
  };
  const say = (text) => { document.getElementById("said").textContent = text; };

  const wanted = location.hash.startsWith("#finding-") ? document.getElementById(location.hash.slice(1)) : null;
  if (wanted) { const folded = wanted.closest("details"); if (folded) folded.open = true; go(wanted); }
})();
