// What every htmx request and answer has in common: the token, the words for a failure, where the focus goes.
"use strict";
(() => {
  const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(name + "="))?.slice(name.length + 1) ?? "";
  // The name differs behind TLS, where the cookie may carry a __Host- prefix.
  const token = () => cookie("__Host-csrftoken") || cookie("__Secure-csrftoken") || cookie("csrftoken");

  // The page may be older than the session: a token that was printed into it is stale, the cookie's never is.
  const refreshTokens = () => {
    const fresh = token();
    if (fresh) document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = fresh; });
  };
  document.addEventListener("htmx:configRequest", (event) => {
    const fresh = token();
    if (!fresh) return;
    event.detail.headers["X-CSRFToken"] = fresh;
    if ("csrfmiddlewaretoken" in event.detail.parameters) event.detail.parameters.csrfmiddlewaretoken = fresh;
  });

  // What the ended session refused is sent again once the same person has signed in: what is shown is then what is saved.
  const refused = [];
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig } = event.detail; // detail.elt is the body where the element was moved aside
    if (xhr.status === 401) refused.push({ elt: requestConfig.elt, cause: requestConfig.triggeringEvent });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const name = event.detail.target.id === "dialog" && document.querySelector("#dialog #id_username");
    if (!name || name.value) return;
    name.value = document.body.dataset.user ?? "";
    document.getElementById("id_password").focus();
  });
  const shared = document.getElementById("dialog");
  shared.addEventListener("close", () => { if (refused.length) say("You are not signed in. What you did last is not saved yet: sign in when you do the next thing, and it is sent too."); });
  document.addEventListener("signed-in", (event) => {
    const again = refused.splice(0);
    if (event.detail.username !== document.body.dataset.user) { location.reload(); return; }
    refreshTokens();
    const seen = new Set();
    again.forEach(({ elt, cause }) => {
      if (seen.has(elt) || !elt.isConnected) return;
      seen.add(elt);
      if (cause?.type === "submit" && elt instanceof HTMLFormElement) elt.requestSubmit(cause.submitter?.isConnected ? cause.submitter : null);
      else htmx.trigger(elt, cause?.type ?? "click");
    });
  });

  // While a dialog is open everything behind it is inert: what is said then is said inside it.
  const region = () => {
    const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
    if (!dialog) return document.getElementById("messages");
    let inside = dialog.querySelector(":scope > .dialog-messages");
    if (!inside) {
      inside = document.createElement("div");
      inside.className = "dialog-messages";
      inside.setAttribute("role", "status");
      dialog.prepend(inside);
    }
    return inside;
  };
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target.id === "messages") event.detail.target = region(); });

  // A failure that brings no words of its own is said in words.
  const say = (text) => {
    const message = document.createElement("div");
    message.className = "message message-error";
    const words = document.createElement("div");
    words.className = "message-text";
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button"; close.className = "close"; close.dataset.close = ""; close.textContent = "×";
    close.setAttribute("aria-label", "Close");
    message.append(words, close);
    region().replaceChildren(message);
  };
  document.addEventListener("htmx:sendError", () => say("The server cannot be reached. What you typed is still here; try again in a moment."));
  document.addEventListener("htmx:timeout", () => say("The server did not answer in time. What you typed is still here; try again in a moment."));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 404) say("This is not here any more. Load the page again to see how it stands.");
    else if (status === 413) say("This is too large to send.");
    else if (status >= 400 && ![401, 403, 409, 422].includes(status)) say("Something went wrong on the server, and nothing was saved. What you typed is still here.");
  });

  // Good news goes when the next thing is begun; a refusal stays until it is read and closed, or replaced.
  document.addEventListener("htmx:beforeRequest", () => document.querySelectorAll("#messages .message-success, #messages .message-info").forEach((message) => message.remove()));

  // After a refused save the focus goes to the summary or the first wrong field; otherwise it stays.
  const focusFirst = (root) => {
    const place = root.querySelector?.("[data-focus]") ?? (root.matches?.("[data-focus]") ? root : null);
    if (place) place.focus();
    place?.removeAttribute("data-focus"); // once: what is kept through the next swap does not take it again
    return Boolean(place);
  };
  document.addEventListener("htmx:afterSettle", (event) => focusFirst(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => focusFirst(document.getElementById("main")));

  // A button that says why it cannot be pressed does nothing, and a double click sends once.
  document.addEventListener("click", (event) => { if (event.target.closest("[aria-disabled=true]")) { event.preventDefault(); event.stopImmediatePropagation(); } }, true);
})();
