/** What helps at the desk: lists put in order by buttons, printing, fields that scanners fill. */

function move(button: HTMLElement): void {
  const row = button.closest("li");
  const isUp = button.dataset["move"] === "up";
  const other = isUp ? row?.previousElementSibling : row?.nextElementSibling;
  if (row && other) {
    other.insertAdjacentElement(isUp ? "beforebegin" : "afterend", row);
    button.focus();
  }
}

document.addEventListener("click", ({ target }) => {
  const button = (target as Element).closest<HTMLElement>("button");
  if (button?.dataset["move"] !== undefined) {
    move(button);
  } else if (button?.dataset["print"] !== undefined) {
    window.print();
  }
});

export {};
