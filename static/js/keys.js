// Single keys: data-key="a" on a control inside [data-keys-scope] acts while the focus is in that scope; with data-key-global, anywhere on the page.
// They never act while somebody types, nor with Ctrl, Alt or Meta, and the help dialog (?) switches them off. What no control takes goes out as "ar:key".
"use strict";
(() => {
  const STORE = "authreview.single-keys";
  const list = document.getElementById("keys-list");
  const toggle = document.getElementById("keys-switch");
  const help = document.getElementById("keys-dialog");
  const NOT_TYPED = new Set(["radio", "checkbox", "button", "submit", "reset", "file", "range", "color"]);

  const isOn = () => localStorage.getItem(STORE) !== "off";
  const show = () => document.documentElement.classList.toggle("keys-off", !isOn());
  toggle.checked = isOn();
  show();
  toggle.addEventListener("change", () => { toggle.checked ? localStorage.removeItem(STORE) : localStorage.setItem(STORE, "off"); show(); });

  const isTyping = (element) => element.isContentEditable || element.matches("textarea, select") || (element.matches("input") && !NOT_TYPED.has(element.type));
  const isUsable = (element) => element.checkVisibility() && !element.matches(":disabled, [aria-disabled=true]");

  // The nearest scope around the focus wins, then the page. While a dialog is open nothing behind it answers.
  const find = (key, from) => {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const dialog = document.querySelector("dialog[open]");
    for (let scope = from.closest("[data-keys-scope]"); scope; scope = scope.parentElement?.closest("[data-keys-scope]")) {
      const found = [...scope.querySelectorAll(selector)].find(isUsable);
      if (found && (!dialog || dialog.contains(found))) return found;
    }
    return [...(dialog ?? document).querySelectorAll(`${selector}[data-key-global]`)].find(isUsable);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented || event.key.length !== 1 || event.key === " ") return;
    const focused = document.activeElement ?? document.body;
    if (isTyping(focused)) return;
    if (event.key === "?" && !document.querySelector("dialog[open]")) { event.preventDefault(); open(); return; }
    if (!isOn()) return;
    const control = find(event.key, focused);
    if (control) {
      event.preventDefault();
      if (event.repeat) return;
      const field = isTyping(control);
      if (field || control.type === "radio") control.focus();
      if (field) control.select?.(); else control.click();
      return;
    }
    const asked = new CustomEvent("ar:key", { bubbles: true, cancelable: true, detail: { key: event.key, repeat: event.repeat } });
    if (!focused.dispatchEvent(asked)) event.preventDefault();
  });

  // The list in the dialog is what this page really has: its own rows (block "keys"), then every key on a control.
  const written = list.children.length ? [...list.children] : [];
  const open = () => {
    list.replaceChildren(...written);
    const known = new Set(written.flatMap((row) => [...row.querySelectorAll("kbd")].map((kbd) => kbd.textContent)));
    document.querySelectorAll("main [data-key], .bar [data-key]").forEach((control) => {
      const key = control.dataset.key;
      if (known.has(key) || !isUsable(control)) return;
      known.add(key);
      const label = control.closest("label");
      const words = (label ?? control).cloneNode(true);
      words.querySelectorAll("kbd, svg").forEach((extra) => extra.remove());
      const term = document.createElement("dt");
      const drawn = document.createElement("kbd");
      const meaning = document.createElement("dd");
      drawn.textContent = key;
      term.append(drawn);
      meaning.textContent = control.dataset.keyLabel ?? control.getAttribute("aria-label") ?? words.textContent.trim();
      list.append(term, meaning);
    });
    help.showModal();
  };
  document.querySelectorAll("[data-open-dialog=keys-dialog]").forEach((button) => {
    button.removeAttribute("data-open-dialog");
    button.addEventListener("click", open);
  });
})();
