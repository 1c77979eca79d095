// Every page works without this file. It decides when a live region is left alone, says when its figures are old, and
// lets all rows be chosen at once.

const regionOf = (event) => event.target.closest("[data-live]");

/** Somebody is reading here: what they have opened, or are copying, is not taken away from them. */
function isInUse(region) {
  const selection = getSelection();
  const isSelecting = selection && !selection.isCollapsed && region.contains(selection.anchorNode);
  return isSelecting || region.querySelector("details[open]") !== null;
}

function setStale(region, isStale) {
  region.toggleAttribute("data-stale", isStale);
  const words = document.getElementById(region.dataset.live);
  // Only when it changes: a status that is written anew is read out anew.
  const text = isStale ? words?.dataset.stale : "";
  if (words && words.textContent !== text) words.textContent = text;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const region = regionOf(event);
  if (region && (document.hidden || isInUse(region))) event.preventDefault();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const region = regionOf(event);
  if (region) setStale(region, false);
});

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, (event) => {
    const region = regionOf(event);
    if (region) setStale(region, true);
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const region of document.querySelectorAll("[data-live]")) window.htmx.trigger(region, "refresh");
});

for (const all of document.querySelectorAll("input[data-chooses]")) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${all.dataset.chooses}"]`)];
  const count = document.getElementById("chosen-count");
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    if (count) count.textContent = chosen === 0 ? "" : `${chosen} chosen`;
  };
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
