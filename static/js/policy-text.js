// A line number in the list of errors leads to that line of the text.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  const field = document.getElementById("id_text");
  if (!link || !field) return;
  event.preventDefault();
  const lines = field.value.split("\n");
  const line = Number(link.dataset.line);
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1] || "").length);
  field.scrollTop = Math.max(0, (line - 4) * (field.scrollHeight / lines.length));
});
