// The agenda editor: dragging by a handle, keys, and where the focus goes. Without it the buttons and forms do all.
"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);

  // Lines that are being edited stay as they are when the board around them is renewed.
  if (window.htmx) htmx.config.morphSkip = ".line.open";

  const showGrips = () => document.querySelectorAll(".grip[hidden]").forEach((grip) => (grip.hidden = false));
  showGrips();

  // The server is told which lines the page shows. It only names those that are still the same, and they stay.
  document.addEventListener("htmx:before:request", (event) => {
    const { target, request } = event.detail.ctx;
    if (target?.id !== "board") return;
    const marks = [...document.querySelectorAll(".line[data-mark]")].map((line) => line.dataset.mark);
    request.headers["Planner-Seen"] = marks.join(" ").slice(0, 6000);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const source = event.detail.ctx?.sourceElement;
    const target = event.detail.ctx?.target;
    const status = event.detail.ctx?.response?.status;
    for (const { fragment } of event.detail.tasks ?? []) {
      for (const line of fragment.querySelectorAll("[data-same]")) {
        line.replaceWith(document.getElementById(line.id)?.cloneNode(true) ?? "");
      }
    }
    if (target?.id === "board" && status === 200) source?.closest(".line.open")?.classList.remove("open");
    if (status === 200 && source?.matches(".quick")) find("input[name=line]", source).value = "";
  });

  document.addEventListener("htmx:after:swap", () => {
    showGrips();
    const board = find("#board[data-focus]");
    const wished = board && document.getElementById(board.dataset.focus);
    board?.removeAttribute("data-focus");
    if (document.activeElement && document.activeElement !== document.body) return;
    (wished || find(".line.open:not(:focus-within) :is([autofocus], select, input:not([type=hidden]))"))?.focus();
  });

  // Alt with an arrow moves the item whose row has the focus. Text fields keep their own keys.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const row = event.target.closest?.(".line-row");
    if (!row) return;
    event.preventDefault();
    if (!event.repeat) find(event.key === "ArrowUp" ? ".up" : ".down", row)?.click();
  });

  // A first or last item stays where it is.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".line-row [aria-disabled=true]")) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  let drag = null;
  const EDGE = 60;

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".grip");
    if (!grip || event.button) return;
    event.preventDefault();
    drag = { line: grip.closest(".line"), pointer: event.pointerId, x: event.clientX, y: event.clientY, place: null };
    grip.setPointerCapture(event.pointerId);
  });

  document.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    if (!drag.moving && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
    if (!drag.moving) {
      drag.moving = true;
      drag.line.classList.add("lifted");
      document.body.classList.add("dragging");
    }
    mark(placeAt(event.clientX, event.clientY));
    if (event.clientY < EDGE) scrollBy(0, -12);
    if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
  });

  document.addEventListener("pointerup", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    const { line, place } = drag;
    end();
    if (place) drop(line, place);
  });
  document.addEventListener("pointercancel", () => drag && end());
  document.addEventListener("keydown", (event) => event.key === "Escape" && drag && end());

  function end() {
    mark(null);
    drag.line.classList.remove("lifted");
    document.body.classList.remove("dragging");
    drag = null;
  }

  // Where something dropped here would go: on a day's tab, before a line, or at the end of a list.
  function placeAt(x, y) {
    const under = document.elementFromPoint(x, y);
    const tab = under?.closest("[data-day]");
    if (tab) return { day: tab.dataset.day, shown: [tab, "over"] };
    const lines = under?.closest(".editor-day, .pool") && (under.closest(".lines[data-block]") || nearest(under));
    if (!lines) return null;
    const others = [...lines.children].filter((line) => line !== drag.line);
    const next = others.find((line) => y < middle(line));
    const block = lines.dataset.block;
    if (next) return { block, before: next.dataset.item, shown: [next, "drop-before"] };
    const last = others.at(-1);
    return { block, before: "", shown: last ? [last, "drop-after"] : [lines, "drop-into"] };
  }

  const nearest = (under) => find(".lines[data-block]", under.closest(".block, .pool") || document.createElement("i"));

  function middle(line) {
    const box = line.getBoundingClientRect();
    return box.top + box.height / 2;
  }

  function mark(place) {
    drag.place?.shown[0].classList.remove(drag.place.shown[1]);
    place?.shown[0].classList.add(place.shown[1]);
    drag.place = place;
  }

  // The same form as the buttons: it only learns where.
  function drop(line, place) {
    const row = find(".line-row", line);
    for (const name of ["day", "block", "before"]) {
      const field = row.elements[name];
      field.disabled = place[name] === undefined;
      field.value = place[name] ?? "";
    }
    find(".drop", row).click();
  }
})();
