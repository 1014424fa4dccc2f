// A line number in the list of errors leads to that line of the text, and a text that was written is not left by accident.
"use strict";
(() => {
  const field = () => document.getElementById("id_text");

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link || !field()) return;
    event.preventDefault();
    const lines = field().value.split("\n");
    const line = Number(link.dataset.line);
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    field().focus();
    field().setSelectionRange(start, start + (lines[line - 1] || "").length);
    field().scrollTop = Math.max(0, (line - 4) * (field().scrollHeight / lines.length));
  });

  // The server takes no form of this size in: said here, where the text can stay.
  const MOST = 2_000_000;
  const isTooLarge = (form) => form.contains(field()) && !form.querySelector("input[type=file]")?.value && new Blob([field().value]).size > MOST;
  const refuse = () => {
    let said = document.getElementById("text-too-large");
    if (!said) {
      said = document.createElement("p");
      said.id = "text-too-large";
      said.className = "field-error";
      said.setAttribute("role", "alert");
      field().after(said);
    }
    said.textContent = "The text is larger than 2,000,000 bytes, and was not sent. A policy is a text of some pages.";
    field().setAttribute("aria-invalid", "true");
    field().focus();
  };

  let sent = false;
  document.addEventListener("submit", (event) => {
    if (field() && isTooLarge(event.target)) { event.preventDefault(); refuse(); return; }
    sent = true;
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-leave]")) sent = true; });
  window.addEventListener("beforeunload", (event) => {
    const text = field();
    if (!sent && text && (text.value !== text.defaultValue || text.form.dataset.unsaved)) event.preventDefault();
  });
})();
