// The tree editor of a policy: moving through the tree by keys, moving nodes by keys or pointer, and what every request carries.
// Each thing done here presses a button or follows a link of the page.
"use strict";
(() => {
  const tree = () => document.getElementById("tree");
  const links = () => [...tree().querySelectorAll(".ed-row > a")];
  const current = () => tree().querySelector(".ed-row > a[aria-current]") ?? links()[0];
  const home = () => current() ?? tree(); // of an empty list the list itself: its keys act there
  const operation = (name) => tree().querySelector(`button[name=op][value="${name}"]`);

  // One stop of the tab key for the whole tree.
  const rove = (link = current()) => links().forEach((each) => { each.tabIndex = each === link ? 0 : -1; });

  // The newest revision and the findings as they stand, whatever part of the page was replaced since.
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters, verb } = event.detail;
    if (!elt.closest("#editor")) return;
    const known = [...document.querySelectorAll("#editor input[name=revision]")].map((input) => Number(input.value));
    if (verb !== "get" && ahead?.revision && elt.closest("#node-form")) parameters.late = ahead.revision;
    if (verb !== "get") parameters.revision = Math.max(Number(document.getElementById("revision").dataset.revision), ...known);
    const tried = document.getElementById("try-form");
    if (!tried) return;
    const whose = tried.querySelector("select[name=as]");
    if (whose) parameters.as = whose.value;
    [...new Set([...tried.querySelectorAll("input[type=radio]")].map((input) => input.name))].forEach((name) => {
      const chosen = tried.querySelector(`input[name="${CSS.escape(name)}"]:checked`);
      if (chosen) parameters[name] = chosen.value; else delete parameters[name];
    });
  });

  // The parts of the form are tabs: each stays in the form while another is shown, so nothing typed is lost, and all of it is saved.
  // A tab says how many of its fields are refused.
  let part = "";
  const parts = () => [...document.querySelectorAll("#node-form > .ed-part")];
  const tabs = () => [...document.querySelectorAll("#node-parts a")];
  const show = (name) => {
    part = name;
    parts().forEach((each) => { each.hidden = each.id !== `part-${name}`; });
    tabs().forEach((tab) => {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    });
  };
  const mark = () => tabs().forEach((tab) => {
    const panel = document.getElementById(tab.id.replace("tab-", "part-"));
    const count = panel ? [...panel.querySelectorAll(".ed-notes")].filter((notes) => notes.querySelector(".field-error")).length : 0;
    let dot = tab.querySelector(".ed-count");
    if (!count) { dot?.remove(); return; }
    if (!dot) { dot = document.createElement("span"); dot.className = "ed-count"; tab.append(" ", dot); }
    dot.textContent = String(count);
    dot.title = `${count} field${count > 1 ? "s" : ""} to mend`;
    const said = document.createElement("span");
    said.className = "unseen";
    said.textContent = ` to mend`;
    dot.append(said);
  });
  // A save replaces what is said of a field and leaves its control: the control is drawn by what is said now.
  const drawFields = () => document.querySelectorAll("#node-form .ed-field").forEach((field) => {
    const notes = field.querySelector(":scope > .ed-notes");
    const control = notes && field.querySelector(":scope > :is(input, select, textarea)");
    if (!control) return;
    if (notes.querySelector(".field-error")) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
    field.classList.toggle("ed-missing", Boolean(notes.querySelector(".ed-lacks")));
  });
  const makeTabs = () => {
    const list = document.querySelector("#node-parts ul");
    if (!list) { parts().forEach((each) => { each.hidden = false; }); return; }
    const names = tabs().map((tab) => tab.id.replace("tab-", ""));
    if (list.getAttribute("role") !== "tablist") {
      list.setAttribute("role", "tablist");
      list.setAttribute("aria-label", "Parts of this form");
      list.closest("nav").setAttribute("role", "presentation");
      list.closest("nav").removeAttribute("aria-label");
      list.querySelectorAll("li").forEach((item) => item.setAttribute("role", "presentation"));
      tabs().forEach((tab, number) => {
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-controls", `part-${names[number]}`);
        const panel = document.getElementById(`part-${names[number]}`);
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
        panel.removeAttribute("aria-label");
        panel.classList.add("ed-panel");
      });
    }
    show(names.includes(part) ? part : names[0]);
    mark();
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.("#node-parts [role=tab]");
    if (!tab) return;
    event.preventDefault();
    show(tab.id.replace("tab-", ""));
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("#node-parts [role=tab]");
    if (!tab || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = tabs();
    const at = all.indexOf(tab);
    const goal = { ArrowRight: all[(at + 1) % all.length], ArrowLeft: all.at(at - 1), Home: all[0], End: all.at(-1) }[event.key];
    if (!goal) { if (event.key === " ") { event.preventDefault(); tab.click(); } return; }
    event.preventDefault();
    show(goal.id.replace("tab-", ""));
    goal.focus();
  });
  // A link to a field opens the part that holds it.
  const openHash = () => {
    const goal = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const panel = goal && goal.closest?.("#node-form > .ed-part");
    if (!panel) return;
    show(panel.id.replace("part-", ""));
    goal.scrollIntoView({ block: "center" });
    (goal.matches("input, select, textarea") ? goal : goal.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
  };
  window.addEventListener("hashchange", openHash);

  // Rows of facts: a new empty row as soon as the last one is written in; a row is cleared, and goes with the next load.
  const grow = (row) => {
    if (row.nextElementSibling || ![...row.querySelectorAll("input, select")].some((each) => each.value)) return;
    const next = row.cloneNode(true);
    const number = row.parentElement.rows.length;
    next.querySelectorAll("input, select").forEach((each) => {
      each.name = each.name.replace(/\[\d+\](?=\.\w+$)/, `[${number}]`);
      each.id = `${each.id.replace(/\d+(?=-\w+$)/, String(number))}`;
      each.setAttribute("aria-label", each.getAttribute("aria-label").replace(/\d+$/, String(number + 1)));
      each.value = "";
    });
    const said = next.querySelector("[data-clear-row] .unseen");
    if (said) said.textContent = said.textContent.replace(/\d+/, String(number + 1));
    row.after(next);
  };
  document.addEventListener("input", (event) => { const row = event.target.closest?.("[data-rows] tbody tr"); if (row) grow(row); });
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-clear-row]")?.closest("tr");
    if (!row) return;
    row.querySelectorAll("input, select").forEach((each) => { each.value = ""; });
    row.querySelector("input, select").dispatchEvent(new Event("change", { bubbles: true }));
    row.querySelector("input, select").focus();
  });
  // What is expected of a criterion makes its column one that is compared; before htmx sends the form.
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.of;
    const column = name && document.querySelector(`#node-form [data-column="${name}"]`);
    if (column && (event.target.type === "checkbox" ? event.target.checked : event.target.value)) column.checked = true;
  }, true);

  // The line that the arrow keys came to is opened when they rest, or when the next thing is done.
  let coming = null;
  const arrive = () => {
    const link = coming;
    clearTimeout(link?.timer);
    coming = null;
    if (link) counterpart(link.at)?.click();
  };
  const select = (link) => {
    rove(link);
    link.focus();
    clearTimeout(coming?.timer);
    coming = { at: link, timer: setTimeout(arrive, 160) };
  };

  // What is pressed while an answer is awaited waits for it, and then goes to the same control of the page as it is by then: htmx drops
  // what it queued for a control that the answer replaces. After a refusal nothing goes on: it was meant for another page.
  // An answer that would take away what is typed meanwhile waits until the form is saved: to where its node stands by then (`late`).
  const nodeForm = () => document.getElementById("node-form");
  const content = () => JSON.stringify([...new FormData(nodeForm())].filter(([name]) => name !== "at" && name !== "revision"));
  const isTyped = () => Boolean(nodeForm()?.hasAttribute("hx-post")) && content() !== stored;
  const keepContent = () => { stored = nodeForm() ? content() : null; };
  const sent = new WeakMap(); // what a save took with it
  let stored = null; // of the form in hand
  let ahead = null;
  const saveFirst = () => {
    if (awaited.size) return;
    if (isTyped()) { nodeForm().requestSubmit(); return; }
    const { url } = ahead;
    ahead = null;
    htmx.ajax("GET", url, { source: current(), target: "#editor", select: "#editor", swap: "outerHTML" });
  };
  const awaited = new Set();
  const held = [];
  const named = (link) => (link.querySelector(".ed-label") ?? link).textContent.trim();
  const counterpart = (control) => {
    if (control.isConnected) return control;
    const like = [...document.getElementById("editor").querySelectorAll(control.localName)];
    if (control.id) return document.getElementById(control.id);
    if (control.name) return like.find((each) => each.name === control.name && each.value === control.value);
    const place = (link) => link.parentElement?.dataset.at ?? link.getAttribute("href");
    const alike = like.filter((each) => named(each) === named(control));
    return alike.find((each) => place(each) === place(control)) ?? (alike.length === 1 ? alike[0] : like.find((each) => place(each) === place(control)));
  };
  const release = () => { if (ahead) saveFirst(); else while (held.length && !awaited.size) held.shift()(); };
  let focused = null;
  document.addEventListener("htmx:beforeSend", (event) => {
    awaited.add(event.detail.xhr);
    if (isSave(event) && event.detail.requestConfig.path.endsWith("/save/")) sent.set(event.detail.xhr, content());
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    focused = document.activeElement;
    const { xhr, target } = event.detail;
    if (sent.has(xhr) && !event.detail.isError) stored = sent.get(xhr);
    if (target.id !== "editor" || !event.detail.shouldSwap || !isTyped()) return;
    const answer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    ahead = { by: xhr, url: xhr.responseURL, revision: event.detail.isError ? "" : answer.getElementById("revision")?.dataset.revision };
    event.detail.shouldSwap = false;
    const said = answer.getElementById("messages");
    if (said) document.getElementById("messages").innerHTML = said.innerHTML;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    awaited.delete(event.detail.xhr);
    if (ahead && ahead.by !== event.detail.xhr && sent.has(event.detail.xhr)) {
      if (!event.detail.successful) ahead = null; // what was typed stays in the form, with what is said of it
      else { // its node may stand elsewhere by now
        ahead.revision = "";
        nodeForm().querySelector("input[name=at]").value = new URL(event.detail.xhr.responseURL).searchParams.get("at") ?? "";
      }
    }
    if (focused && !focused.isConnected && document.activeElement === document.body) (counterpart(focused) ?? home())?.focus();
    focused = null;
    if (!event.detail.successful) held.length = 0;
    setTimeout(release);
  });
  const control = (event) => {
    const found = event.target.closest?.("a[href], button");
    if (!found || found.closest("dialog") || event.ctrlKey || event.metaKey || event.shiftKey) return null;
    if (found.matches("a")) return found.getAttribute("href").startsWith("#") ? null : found;
    return found.type === "submit" ? found : null;
  };
  document.addEventListener("click", (event) => {
    const wanted = control(event);
    if (!wanted) return;
    if (coming && wanted !== coming.at) arrive();
    if (!awaited.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(() => counterpart(wanted)?.click());
  }, true);
  // A finding that was chosen meanwhile is chosen in the form that comes in the place of this one.
  document.addEventListener("change", (event) => {
    const chosen = event.target;
    if (!awaited.size || !chosen.closest("#try-form")) return;
    held.push(() => {
      const now = counterpart(chosen);
      if (!now || now.checked) return;
      now.checked = true;
      now.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }, true);
  // A control that is replaced between press and release is pressed too.
  let down = null;
  document.addEventListener("pointerdown", (event) => { down = event.button === 0 && control(event) ? { at: control(event), x: event.clientX, y: event.clientY } : null; }, true);
  document.addEventListener("pointerup", (event) => {
    const { at, x, y } = down ?? {};
    down = null;
    if (at && !at.isConnected && Math.hypot(event.clientX - x, event.clientY - y) < 8) counterpart(at)?.click();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey) return;
    const link = event.target.closest?.("#tree .ed-row > a");
    if (event.key === "Escape" && !link && (event.target === document.body || event.target.closest?.("#editor"))) { home().focus(); return; }
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
      [...document.querySelectorAll("#node-form :is(input:not([type=hidden]), select, textarea)")].find((field) => !field.closest("[hidden]"))?.focus();
    }
  });

  // What was done from the tree leaves the focus in the tree.
  const isSave = (event) => event.detail.requestConfig.verb !== "get" && event.detail.requestConfig.elt?.closest?.("#node-form");
  document.addEventListener("htmx:beforeRequest", (event) => { const state = document.getElementById("save-state"); if (state && isSave(event)) state.textContent = "Saving …"; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!document.getElementById("editor")) return;
    if (tree()?.querySelector(".ed-tree")) rove();
    prepare();
    const from = event.detail.requestConfig?.elt;
    if (event.detail.target?.id === "editor" && from?.matches?.("[data-operations]")) part = ""; // a new node begins with what it says
    makeTabs();
    drawFields();
    if (["editor", "node"].includes(event.detail.target?.id)) keepContent();
    if (event.detail.target?.id === "editor" && (from?.matches?.(".ed-row > a") || from?.matches?.("[data-operations]"))) home().focus();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const state = isSave(event) && document.getElementById("save-state");
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
    const send = () => htmx.ajax("POST", form.action, { source: tree().querySelector("[data-operations]"), target: "#editor", select: "#editor", swap: "outerHTML", values });
    if (awaited.size) held.push(send); else send();
  });
  document.addEventListener("dragend", () => { dragged = null; unmark(); });

  rove();
  prepare();
  makeTabs();
  keepContent();
  openHash();
  if (document.activeElement === document.body && !location.hash) home().focus({ preventScroll: true });
})();
