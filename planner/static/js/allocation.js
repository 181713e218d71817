// Who goes on which study visit: people can be dragged into another column. That presses the button of that column.
"use strict";
(() => {
  const form = document.querySelector("form.allocation");
  if (!form) return;
  let lifted = null;
  form.querySelectorAll(".chip").forEach((chip) => (chip.draggable = true));

  const box = (chip) => chip.querySelector("input[name=person]");
  const mark = (column) =>
    form.querySelectorAll(".column").forEach((one) => one.classList.toggle("over", one === column));

  form.addEventListener("dragstart", (event) => {
    lifted = event.target.closest?.(".chip");
    if (!lifted) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    lifted.classList.add("lifted");
  });
  form.addEventListener("dragover", (event) => {
    const column = lifted && event.target.closest(".column[data-to]");
    mark(column);
    if (column) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    const column = lifted && event.target.closest(".column[data-to]");
    if (!column || column.contains(lifted)) return;
    event.preventDefault();
    // A ticked person takes all the ticked ones along, any other comes alone.
    if (!box(lifted).checked) form.querySelectorAll("input[name=person]").forEach((one) => (one.checked = false));
    box(lifted).checked = true;
    form.requestSubmit(form.querySelector(`button[name=to][value="${column.dataset.to}"]`));
  });
  form.addEventListener("dragend", () => {
    lifted?.classList.remove("lifted");
    lifted = null;
    mark(null);
  });
})();
