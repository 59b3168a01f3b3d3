/* Down the list by keyboard: Alt+↓ and Alt+↑ to the same field of the next or previous activity, Ctrl+S saves now. */
"use strict";

/* What a field is in every activity: budget lines and indicators have numbers of their own, so their place counts. */
function kindOf(control, row) {
  const name = control.name.slice(row.dataset.prefix.length);
  const family = name.match(/^(spent|indicator)_/)?.[0];
  if (!family) return { name };
  const all = [...row.querySelectorAll(`[name^="${row.dataset.prefix}${family}"]`)];
  return { family, place: all.indexOf(control) };
}

function sameField(row, { family, name, place }) {
  const prefix = row.dataset.prefix;
  if (!family) return row.querySelector(`[name="${prefix}${name}"]`);
  const all = row.querySelectorAll(`[name^="${prefix}${family}"]`);
  return all[Math.min(place, all.length - 1)];
}

function goAlong(control, step) {
  const rows = [...document.querySelectorAll("[data-entry]")];
  const here = control.closest("[data-entry]");
  const kind = kindOf(control, here);
  for (let at = rows.indexOf(here) + step; at >= 0 && at < rows.length; at += step) {
    const target = sameField(rows[at], kind);
    if (target) {
      const fold = target.closest("details");
      if (fold) fold.open = true;
      target.focus();
      return;
    }
  }
}

document.querySelectorAll("form[data-autosave]").forEach((form) => {
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.altKey || event.ctrlKey || event.metaKey || !event.target.closest("[data-entry]")) return;
    if (!event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    goAlong(event.target, step);
  });
  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyS" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    form.dispatchEvent(new CustomEvent("save-now"));
  });
});

document.querySelectorAll("[data-with-script]").forEach((element) => {
  element.hidden = false;
});
