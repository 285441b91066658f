/** What helps at the desk: lists put in order by buttons, printing, codes scanned into fields. */

import { Codes } from "./codes.js";
import { speak, toLanguage } from "../common/messages.js";

function move(button: HTMLElement): void {
  const row = button.closest("li");
  const isUp = button.dataset["move"] === "up";
  const other = isUp ? row?.previousElementSibling : row?.nextElementSibling;
  if (row && other) {
    other.insertAdjacentElement(isUp ? "beforebegin" : "afterend", row);
    button.focus();
  }
}

/** What somebody is typing is never thrown away: the page says that it is out of date instead. */
function isTyping(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement>("main input:not([type=hidden])");
  return [...fields].some((field) => field.value !== field.defaultValue);
}

// Whoever is on the way to another page, by a link, a form or a reload, is not called back from it.
let isLeaving = false;
window.addEventListener("beforeunload", () => {
  isLeaving = true;
});
window.addEventListener("pageshow", () => {
  isLeaving = false;
});

document.addEventListener("click", ({ target }) => {
  const button = (target as Element).closest<HTMLElement>("button");
  if (button?.dataset["move"] !== undefined) {
    move(button);
  } else if (button?.dataset["print"] !== undefined) {
    window.print();
  }
});

document.addEventListener("outdated", () => {
  const isOpen = document.querySelector("main details.confirm[open]") !== null;
  if (!isLeaving && !isOpen && !isTyping()) {
    location.reload();
    return;
  }
  // The note stands in what was just put in place of the old figures.
  requestAnimationFrame(() => {
    document.querySelector("[data-outdated]")?.removeAttribute("hidden");
  });
});

speak(toLanguage(document.documentElement.lang));
document.querySelectorAll<HTMLInputElement>("input[data-scan]").forEach((field) => new Codes(field));
