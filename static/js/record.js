// The record: what is selected on a page becomes a pending passage that stays while the focus moves on, is told to the page ("record:selected",
// "record:cleared", hidden fields of form[data-cite]), and is shared with the viewer's own window. What is cited is decided by the server.
"use strict";
(() => {
  const pane = () => document.getElementById("record-pane");
  if (!pane()) return;
  const alone = "alone" in pane().dataset;
  const channel = new BroadcastChannel(`authreview.record.${pane().dataset.reference}`);
  let pending = null;   // {document, page, first, last, text, label}
  let linked = false;   // the other window is there
  let inHand = true;    // of several pages of this case the one used last answers the viewer's window

  // --- from a selection to the numbers of its first and last word
  const overlaps = (range, word) => {
    const text = document.createRange();
    text.selectNodeContents(word.firstChild);
    return range.compareBoundaryPoints(Range.START_TO_END, text) > 0 && range.compareBoundaryPoints(Range.END_TO_START, text) < 0;
  };
  const selected = () => {
    const page = pane().querySelector(".sheet-page");
    const selection = getSelection();
    if (!page || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    if (!page.contains(selection.anchorNode) || !range.intersectsNode(page)) return null;
    const words = [...page.querySelectorAll("tspan")].filter((word) => overlaps(range, word));
    if (!words.length) return null;
    const { document: id, page: number, label } = page.dataset;
    const [first, last] = [words[0], words.at(-1)].map((word) => Number(word.dataset.i));
    return { document: Number(id), page: Number(number), first, last, text: words.map((word) => word.textContent).join(" "), label };
  };

  // --- what is pending is seen: a band over its words, and a bar with its text
  const bands = () => {
    const layer = pane().querySelector(".sheet-pending");
    if (!layer) return;
    layer.replaceChildren();
    const page = pane().querySelector(".sheet-page");
    if (!pending || Number(page.dataset.document) !== pending.document || Number(page.dataset.page) !== pending.page) return;
    page.querySelectorAll("text").forEach((line) => {
      const words = [...line.querySelectorAll("tspan")].filter(({ dataset }) => Number(dataset.i) >= pending.first && Number(dataset.i) <= pending.last);
      if (!words.length) return;
      const [first, last] = [words[0], words.at(-1)];
      const left = Number(first.getAttribute("x"));
      const band = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const size = { x: left, y: line.dataset.y, width: Number(last.getAttribute("x")) + Number(last.getAttribute("textLength")) - left, height: line.dataset.h };
      Object.entries(size).forEach(([name, value]) => band.setAttribute(name, value));
      layer.append(band);
    });
  };
  const show = () => {
    bands();
    const bar = pane().querySelector(".record-pending");
    if (bar) {
      bar.hidden = !pending;
      bar.querySelector("q").textContent = pending?.text ?? "";
      bar.querySelector(".record-pending-where").textContent = pending?.label ?? "";
    }
    pane().querySelectorAll("[data-linked]").forEach((part) => { part.hidden = (part.dataset.linked === "yes") !== linked; });
    const values = { cite_document: pending?.document, cite_page: pending?.page, cite_first: pending?.first, cite_last: pending?.last };
    Object.entries(values).forEach(([name, value]) => {
      document.querySelectorAll(`form[data-cite] input[name=${name}]`).forEach((input) => { input.value = value ?? ""; });
    });
  };
  const same = (a, b) => a && b && ["document", "page", "first", "last"].every((name) => a[name] === b[name]);
  const take = (passage, { told = false } = {}) => {
    if (same(passage, pending)) return;
    pending = passage;
    show();
    document.dispatchEvent(new CustomEvent("record:selected", { detail: passage }));
    if (!told) channel.postMessage({ kind: "selected", passage });
  };
  const clear = ({ told = false } = {}) => {
    if (!pending) return;
    pending = null;
    show();
    document.dispatchEvent(new CustomEvent("record:cleared"));
    if (!told) channel.postMessage({ kind: "cleared" });
  };

  document.addEventListener("selectionchange", () => { const passage = selected(); if (passage) take(passage); });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-record-clear]")) { getSelection().removeAllRanges(); clear(); return; }
    if (event.target.closest(".sheet") && getSelection().isCollapsed) clear();
    const link = event.target.closest('a[href^="?"][href*="document="]');
    if (link && !alone && !link.hasAttribute("hx-get") && !event.metaKey && !event.ctrlKey && !event.shiftKey) turn(link, event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pending && !document.querySelector("dialog[open]")) { getSelection().removeAllRanges(); clear(); }
  });

  // --- in a narrow pane the text of a page fills the width; its margins are a scroll away, and "Whole page" shows all of it
  const WHOLE = "authreview.record-whole";
  const LARGEST = 1.8;
  const MARGIN = 14; // points left beside the text
  const fit = () => {
    const button = pane().querySelector("[data-record-whole]");
    const page = pane().querySelector(".sheet-page");
    if (!button || !page) return;
    const isWhole = localStorage.getItem(WHOLE) === "yes";
    const [width, left, right] = ["width", "left", "right"].map((name) => Number(page.dataset[name]));
    const scale = isWhole ? 1 : Math.min(LARGEST, Math.max(1, width / Math.max(1, right - left + 2 * MARGIN)));
    const sheet = page.closest(".sheet");
    const around = sheet.parentElement;
    button.setAttribute("aria-pressed", String(isWhole));
    sheet.style.width = `${scale * 100}%`;
    around.scrollLeft = (scale > 1 ? Math.max(0, left - MARGIN) / width : 0) * sheet.clientWidth + (scale > 1 ? sheet.offsetLeft - around.offsetLeft : 0);
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-record-whole]")) return;
    localStorage.getItem(WHOLE) === "yes" ? localStorage.removeItem(WHOLE) : localStorage.setItem(WHOLE, "yes");
    fit();
  });

  // --- a link to a quote turns the pane to its page, and leaves the page around it alone
  const turn = (link, event) => {
    const query = new URLSearchParams(link.getAttribute("href").slice(1));
    if (!query.get("document") || !window.htmx) return;
    event.preventDefault();
    const address = `${pane().dataset.base}${query.get("document")}/pages/${query.get("page") ?? 1}`;
    const mark = query.get("mark");
    htmx.ajax("GET", mark ? `${address}?mark=${encodeURIComponent(mark)}` : address, { target: "#record-pane", swap: "outerHTML" });
  };
  const toMark = () => pane()?.querySelector(".sheet-marks .now")?.scrollIntoView({ block: "center" });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id === "record-pane") { show(); fit(); toMark(); }
    else if (event.detail.elt.id === "record-marks") emphasise();
    else if (event.detail.elt.querySelector?.("form[data-cite]")) show();
  });

  // --- another line of the case: the record stays open where it was read
  document.addEventListener("click", (event) => {
    const tab = event.target.closest(".tabs-lines a"), sheet = pane()?.querySelector(".sheet-page");
    if (!tab || !sheet) return;
    const url = new URL(tab.href);
    url.searchParams.set("document", sheet.dataset.document);
    url.searchParams.set("page", sheet.dataset.page);
    tab.href = url.href;
  });

  // --- the passages of the row in hand stand out: the row carries data-record-row="1:criterion"
  let row = "";
  const emphasise = () => pane().querySelectorAll(".sheet-marks rect").forEach((mark) => mark.classList.toggle("now", mark.dataset.for.split(" ").includes(row)));
  document.addEventListener("focusin", (event) => {
    const found = event.target.closest("[data-record-row]")?.dataset.recordRow;
    if (found && found !== row) { row = found; emphasise(); }
  });

  // --- cited: the server says so by HX-Trigger: record:cited
  document.addEventListener("record:cited", () => { getSelection().removeAllRanges(); clear(); channel.postMessage({ kind: "cited" }); });

  // --- two windows
  channel.addEventListener("message", ({ data }) => {
    if (data.kind === "selected" && alone === false) { channel.postMessage({ kind: "heard" }); take(data.passage, { told: true }); }
    else if (data.kind === "selected") take(data.passage, { told: true });
    else if (data.kind === "cleared") { getSelection().removeAllRanges(); clear({ told: true }); }
    else if (data.kind === "cited") { clear({ told: true }); htmx.trigger("#record-marks", "refresh"); }
    else if (data.kind === "asks" && !alone) channel.postMessage({ kind: "heard" });
    else if (data.kind === "heard" && alone && !linked) { linked = true; show(); }
    else if (data.kind === "in-hand") inHand = false;
    else if (data.kind === "key" && !alone && inHand) {
      (document.activeElement ?? document.body).dispatchEvent(new CustomEvent("ar:key", { bubbles: true, cancelable: true, detail: { key: data.key, repeat: false } }));
    }
  });
  if (alone) {
    channel.postMessage({ kind: "asks" });
    document.addEventListener("ar:key", (event) => {
      if (!pending || !linked || !/^[0-9c]$/.test(event.detail.key)) return;
      event.preventDefault();
      channel.postMessage({ kind: "key", key: event.detail.key });
    });
  } else {
    const claim = () => { inHand = true; channel.postMessage({ kind: "in-hand" }); };
    window.addEventListener("focus", claim);
    claim();
    channel.postMessage({ kind: "heard" });
  }
  show();
  fit();
  toMark();
})();
