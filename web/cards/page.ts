/** Makes voting cards in this browser, prints them, and sends the server their roll alone. */

import { cardCode, cardCredential, cardQr, type CardSecret } from "../ballots/cards.js";
import { toB64u } from "../ballots/encoding.js";
import { h, must } from "../common/dom.js";
import { speak, t, toLanguage } from "../common/messages.js";
import { drawQr } from "../common/qr.js";

const SECRET_LENGTH = 16;
const SERIAL_LENGTH = 4;

interface Card {
  readonly serial: string;
  readonly secret: CardSecret;
}

const root = must("#cards");
let cards: Card[] = [];
let isPrinted = false;

function makeCards(number: number): Card[] {
  return Array.from({ length: number }, (_, i) => ({
    serial: String(i + 1).padStart(SERIAL_LENGTH, "0"),
    secret: crypto.getRandomValues(new Uint8Array(SECRET_LENGTH)) as CardSecret,
  }));
}

function drawCard({ serial, secret }: Card): HTMLElement {
  return h(
    "li",
    { class: "voting-card" },
    h("div", { class: "voting-card-head" }, root.dataset["congress"] ?? "", h("small", {}, root.dataset["sitting"] ?? "")),
    root.dataset["rehearsal"] ? h("strong", { class: "rehearsal" }, t("Rehearsal")) : null,
    drawQr(cardQr(secret), t("Code of the card, for the camera"), "medium"),
    h("p", { class: "voting-card-serial" }, t("Card {serial}", { serial })),
    h("p", { class: "code" }, cardCode(secret)),
    h("p", { class: "small" }, t("Let the tablet read this code and fill in the paper. Note the tracking code before you cast. If you doubt the tablet, press “Test” instead of “Cast”: it then has to show what it sealed, and you vote again. After casting you get a receipt with the same tracking code.")),
  );
}

function drawStart(): void {
  const number = root.dataset["number"] ?? "0";
  root.replaceChildren(
    h(
      "form",
      { class: "card form not-on-paper" },
      h("div", { class: "field" }, h("label", { for: "number" }, t("How many cards")), h("p", { class: "hint" }, t("One for each deputy, and a tenth to spare.")), h("input", { id: "number", type: "number", min: 1, max: 5000, value: number })),
      h("div", { class: "buttons" }, h("button", { type: "submit", class: "button" }, t("Make the cards"))),
    ),
  );
}

function drawCards(): void {
  root.replaceChildren(
    h(
      "div",
      { class: "card not-on-paper" },
      h("ol", {}, h("li", {}, t("Print the cards now, ten on a sheet of A4, and cut them along the marks.")), h("li", {}, t("Look at the printed sheets: is every card there and readable?")), h("li", {}, t("Publish the roll. From then on only these cards can vote."))),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "button", "data-do": "print" }, t("Print {n} cards", { n: cards.length })),
        h("button", { type: "button", class: "button", "data-do": "publish", disabled: !isPrinted }, t("The cards are printed: publish the roll")),
      ),
      h("p", { id: "cards-problem", class: "problem", role: "alert" }),
    ),
    h("ol", { class: "voting-cards" }, ...cards.map(drawCard)),
  );
}

function rollFile(): File {
  const lines = cards.map(({ serial, secret }) => `${serial},${toB64u(cardCredential(secret))}`);
  return new File([`serial,credential\n${lines.join("\n")}\n`], "roll.csv", { type: "text/csv" });
}

async function publish(): Promise<void> {
  const body = new FormData();
  body.set("csrf_token", root.dataset["csrf"] ?? "");
  body.set("file", rollFile());
  const request: RequestInit = { method: "POST", body, headers: { "X-Island": "cards" } };
  const answer = await fetch(root.dataset["action"] ?? "", request).catch(() => null);
  if (answer?.status !== 204) {
    must("#cards-problem").textContent = t("The roll was not taken. The cards are still here; try again.");
    return;
  }
  cards.forEach(({ secret }) => secret.fill(0));
  cards = [];
  location.assign(root.dataset["done"] ?? "");
}

speak(toLanguage(document.documentElement.lang));
drawStart();
root.addEventListener("submit", (event) => {
  event.preventDefault();
  cards = makeCards(must<HTMLInputElement>("#number").valueAsNumber);
  drawCards();
});
root.addEventListener("click", ({ target }) => {
  const doing = (target as Element).closest<HTMLElement>("[data-do]")?.dataset["do"];
  if (doing === "print") {
    window.print();
    isPrinted = true;
    must<HTMLButtonElement>("[data-do=publish]", root).disabled = false;
  } else if (doing === "publish") {
    void publish();
  }
});
window.addEventListener("beforeunload", (event) => {
  if (cards.length > 0) {
    event.preventDefault();
  }
});
