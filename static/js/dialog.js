// Native dialogs: opened when an answer fills #dialog or by [data-open-dialog="id"], closed by [data-close] or Escape, emptied when closed.
"use strict";
(() => {
  const shared = document.getElementById("dialog");

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== shared) return;
    if (!shared.textContent.trim()) { shared.close(); return; }
    if (!shared.open) shared.showModal();
    (shared.querySelector("[data-focus], [autofocus], input:not([type=hidden]), select, textarea, button:not(.close)") ?? shared).focus();
  });
  // An answer may close it by the header HX-Trigger: close-dialog.
  document.addEventListener("close-dialog", () => shared.close());
  shared.addEventListener("close", () => shared.replaceChildren());

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) { document.getElementById(opener.dataset.openDialog).showModal(); return; }
    const closer = event.target.closest("[data-close]");
    if (closer) (closer.closest("dialog") ? closer.closest("dialog").close() : closer.closest(".message")?.remove());
  });
})();
