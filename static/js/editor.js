// The tree editor of a policy: moving through the tree by keys, moving nodes by keys or pointer, and what every request carries.
// Each thing done here presses a button or follows a link of the page.
"use strict";
(() => {
  const tree = () => document.getElementById("tree");
  const links = () => [...tree().querySelectorAll(".ed-row > a")];
  const current = () => tree().querySelector(".ed-row > a[aria-current]") ?? links()[0];
  const operation = (name) => tree().querySelector(`button[name=op][value="${name}"]`);

  // One stop of the tab key for the whole tree.
  const rove = (link = current()) => links().forEach((each) => { each.tabIndex = each === link ? 0 : -1; });

  // The newest revision and the findings as they stand, whatever part of the page was replaced since.
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters, verb } = event.detail;
    if (!elt.closest("#editor")) return;
    const known = [...document.querySelectorAll("#editor input[name=revision]")].map((input) => Number(input.value));
    if (verb !== "get") parameters.revision = Math.max(Number(document.getElementById("revision").dataset.revision), ...known);
    const tried = document.getElementById("try-form");
    if (!tried) return;
    [...new Set([...tried.querySelectorAll("input[type=radio]")].map((input) => input.name))].forEach((name) => {
      const chosen = tried.querySelector(`input[name="${CSS.escape(name)}"]:checked`);
      if (chosen) parameters[name] = chosen.value; else delete parameters[name];
    });
  });

  let waiting;
  const select = (link) => {
    rove(link);
    link.focus();
    clearTimeout(waiting);
    waiting = setTimeout(() => link.isConnected && link.click(), 160);
  };

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey) return;
    const link = event.target.closest?.("#tree .ed-row > a");
    if (event.key === "Escape" && event.target.closest?.("#node-form, #try-form")) { current()?.focus(); return; }
    if (!link) return;
    const moves = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };
    if (event.altKey) {
      if (!moves[event.key]) return;
      event.preventDefault();
      operation(moves[event.key])?.click();
      return;
    }
    const all = links();
    const at = all.indexOf(link);
    const goal = { ArrowUp: all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[event.key];
    if (goal) { event.preventDefault(); select(goal); return; }
    if (event.key === "Delete") { event.preventDefault(); operation("delete")?.click(); return; }
    if (event.key === "Enter" && link === current()) {
      event.preventDefault();
      document.querySelector("#node-form :is(input:not([type=hidden]), select, textarea)")?.focus();
    }
  });

  // What was done from the tree leaves the focus in the tree.
  document.addEventListener("htmx:beforeRequest", () => { const state = document.getElementById("save-state"); if (state) state.textContent = "Saving …"; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!document.getElementById("editor")) return;
    rove();
    prepare();
    const from = event.detail.requestConfig?.elt;
    if (event.detail.target?.id === "editor" && (from?.matches?.(".ed-row > a") || from?.matches?.("[data-operations]"))) current()?.focus();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const state = document.getElementById("save-state");
    if (state && !event.detail.successful) state.textContent = "Not saved";
    else if (state && state.textContent === "Saving …") state.textContent = "Saved";
  });

  // Dragging, as an extra: the row goes after the row, or into the group, on which it is let go.
  const prepare = () => tree()?.querySelectorAll(".ed-criterion, .ed-group").forEach((row) => { row.draggable = Boolean(operation("up")); });
  let dragged = null;
  const goalOf = (event) => (dragged ? event.target.closest?.(".ed-criterion, .ed-group") : null);
  const unmark = () => document.querySelectorAll(".ed-goal, .ed-dragged").forEach((row) => row.classList.remove("ed-goal", "ed-dragged"));
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".ed-criterion, .ed-group") ?? null;
    if (!dragged) return;
    dragged.classList.add("ed-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.at);
  });
  document.addEventListener("dragover", (event) => {
    const goal = goalOf(event);
    if (!goal || goal === dragged) return;
    event.preventDefault();
    document.querySelectorAll(".ed-goal").forEach((row) => row.classList.remove("ed-goal"));
    goal.classList.add("ed-goal");
  });
  document.addEventListener("drop", (event) => {
    const goal = goalOf(event);
    const form = tree().querySelector("[data-operations]");
    if (!goal || goal === dragged || !form) return;
    event.preventDefault();
    const values = { ...Object.fromEntries(new FormData(form)), op: "to", at: dragged.dataset.at, target: goal.dataset.at };
    htmx.ajax("POST", form.action, { source: form, target: "#editor", select: "#editor", swap: "outerHTML", values });
  });
  document.addEventListener("dragend", () => { dragged = null; unmark(); });

  rove();
  prepare();
  if (document.activeElement === document.body && !location.hash) current()?.focus({ preventScroll: true });
})();
