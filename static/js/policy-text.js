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

  let sent = false;
  document.addEventListener("submit", () => { sent = true; });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-leave]")) sent = true; });
  window.addEventListener("beforeunload", (event) => {
    const text = field();
    if (!sent && text && (text.value !== text.defaultValue || text.form.dataset.unsaved)) event.preventDefault();
  });
})();
