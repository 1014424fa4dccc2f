// Native dialogs: opened when an answer fills #dialog or by [data-open-dialog="id"], closed by [data-close] or Escape, emptied when closed.
"use strict";
(() => {
  const shared = document.getElementById("dialog");
  let kept = null; // what stood in the dialog when the sign-in form came: moved aside with all that was typed, never thrown away

  const restore = () => {
    shared.replaceChildren(kept ?? "");
    const restored = kept !== null;
    kept = null;
    return restored;
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== shared || event.detail.xhr.status !== 401 || !shared.open || shared.querySelector("#sign-in")) return;
    kept = document.createDocumentFragment();
    kept.append(...shared.childNodes);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== shared) return;
    if (!shared.textContent.trim()) { shared.close(); return; }
    if (!shared.open) shared.showModal();
    (shared.querySelector("[data-focus], [autofocus], input:not([type=hidden]), select, textarea, button:not(.close)") ?? shared).focus();
  });
  // An answer may close it by the header HX-Trigger: close-dialog.
  document.addEventListener("close-dialog", () => shared.close());
  document.addEventListener("signed-in", () => { if (!restore()) shared.close(); });
  shared.addEventListener("close", () => { if (restore()) shared.showModal(); });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) { document.getElementById(opener.dataset.openDialog).showModal(); return; }
    const closer = event.target.closest("[data-close]");
    const message = closer?.closest(".message");
    if (message) message.remove();
    else closer?.closest("dialog").close();
  });
})();
