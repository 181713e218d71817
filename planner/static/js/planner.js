// Makes pages nicer; without it every page still works.
"use strict";

// <button hidden data-copy="#id">: copies the value or text of that element and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    if (button.dataset.copied) toast(button.dataset.copied);
  });
}

// <button hidden data-print>: the browser's print dialog.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// On phones the current link of a sideways scrolling bar stays in sight.
for (const link of document.querySelectorAll(".meeting-bar [aria-current], .tabs [aria-current]")) {
  const bar = link.closest("ul, .tabs"); // the Register button stands beside the bar
  if (bar) bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
}

// Elements with data-from and data-until (instants) carry the class `now` in between.
function markNow() {
  const now = Date.now();
  for (const slot of document.querySelectorAll("[data-from][data-until]")) {
    slot.classList.toggle("now", Date.parse(slot.dataset.from) <= now && now < Date.parse(slot.dataset.until));
  }
}
markNow();
setInterval(markNow, 30000);

function toast(sentence) {
  const note = document.createElement("p");
  note.className = "notice";
  note.textContent = sentence;
  document.getElementById("toasts").replaceChildren(note);
}

// A refusal (4xx) is content: it says itself what is wrong.
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail?.ctx?.response?.status < 500) return;
  const sentence = document.getElementById("toasts").dataset.trouble;
  if (sentence) toast(sentence);
});
