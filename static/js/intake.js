// The code lists under diagnosis fields (arrows, Enter, Escape), and Enter in a field sends nothing by mistake.
"use strict";
(() => {
  const form = document.getElementById("intake");
  const listOf = (input) => input.closest(".code-field").querySelector(".options");
  const options = (input) => [...listOf(input).children];

  const prepare = (root) => root.querySelectorAll("[data-combobox]").forEach((input) => {
    const list = listOf(input);
    list.id = `${input.id}-options`;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
  });
  const close = (input) => {
    listOf(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (input, at) => options(input).forEach((option, index) => {
    option.id = `${input.id}-option-${index}`;
    option.setAttribute("aria-selected", String(index === at));
    if (index === at) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
  });
  const pick = (input, option) => {
    input.value = option.dataset.code;
    const words = form.elements[input.name.replace(/-code$/, "-text")];
    words.value = option.dataset.text.slice(0, 200);
    close(input);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.detail.target;
    if (!list.matches?.(".options")) { prepare(form); return; }
    const input = list.closest(".code-field").querySelector("[data-combobox]");
    const shown = list.children.length > 0 && document.activeElement === input;
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (shown) mark(input, -1);
  });
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (input.matches("[data-combobox]") && !listOf(input).hidden) {
      const all = options(input);
      const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown") { mark(input, Math.min(at + 1, all.length - 1)); event.preventDefault(); return; }
      if (event.key === "ArrowUp") { mark(input, Math.max(at - 1, 0)); event.preventDefault(); return; }
      if (event.key === "Escape") { close(input); event.preventDefault(); return; }
      if (event.key === "Enter") { event.preventDefault(); if (at >= 0) pick(input, all[at]); return; }
    }
    if (event.key === "Enter" && input.matches("input:not([type=submit], [type=button])")) event.preventDefault();
  });
  form.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".options li");
    if (!option) return;
    event.preventDefault();
    pick(option.closest(".code-field").querySelector("[data-combobox]"), option);
  });
  form.addEventListener("focusout", (event) => { if (event.target.matches("[data-combobox]")) close(event.target); });
  prepare(form);
})();
