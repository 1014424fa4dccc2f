// j and k walk the rows of a list by their links; Enter is the link's own.
"use strict";
document.addEventListener("ar:key", (event) => {
  const step = { j: 1, k: -1 }[event.detail.key];
  if (!step) return;
  const links = [...document.querySelectorAll("#case-rows .row-link")];
  if (!links.length) return;
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  links[next].closest("tr").scrollIntoView({ block: "nearest" });
  event.preventDefault();
});
