/** Makes voting cards in this browser, prints them, and sends the server their roll alone. */

import { cardCredential, type CardSecret } from "../ballots/cards.js";
import { toB64u } from "../ballots/encoding.js";
import { h, must } from "../common/dom.js";
import { speak, t, toLanguage } from "../common/messages.js";
import { type Card, drawCard } from "./card.js";

const SECRET_LENGTH = 16;
const SERIAL_LENGTH = 4;
const MOST = 5000;
/** So many cards are made and drawn before the page is shown again. */
const AT_ONCE = 50;

const root = must("#cards");
const heading = {
  congress: root.dataset["congress"] ?? "",
  sitting: root.dataset["sitting"] ?? "",
  isRehearsal: root.dataset["rehearsal"] === "1",
};
let cards: Card[] = [];
let isPrinted = false;

function makeCard(number: number): Card {
  return {
    serial: String(number).padStart(SERIAL_LENGTH, "0"),
    secret: crypto.getRandomValues(new Uint8Array(SECRET_LENGTH)) as CardSecret,
  };
}

function say(words: string): void {
  must("#cards-problem").textContent = words;
}

function drawStart(): void {
  const number = root.dataset["number"] ?? "0";
  root.replaceChildren(
    h(
      "form",
      { class: "card form not-on-paper", novalidate: true },
      h(
        "div",
        { class: "field" },
        h("label", { for: "number" }, t("How many cards")),
        h("p", { class: "hint", id: "number-hint" }, t("One for each deputy, and a tenth to spare.")),
        h("input", {
          id: "number",
          type: "number",
          min: 1,
          max: MOST,
          value: number,
          "aria-describedby": "number-hint cards-problem",
        }),
        h("p", { id: "cards-problem", class: "problem", role: "alert" }),
      ),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "submit", class: "button" }, t("Make the cards")),
      ),
    ),
  );
}

function drawSteps(): HTMLElement {
  return h(
    "div",
    { class: "card not-on-paper" },
    h(
      "ol",
      {},
      h("li", {}, t("Print the cards now, ten on a sheet of A4, at full size (100 %), and cut them along the marks.")),
      h("li", {}, t("Look at the printed sheets: is every card there and readable?")),
      h("li", {}, t("Shuffle the cards, so that nothing tells in which order they are handed out.")),
      h("li", {}, t("Publish the roll. From then on only these cards can vote.")),
    ),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "button", "data-do": "print" }, t("Print {n} cards", { n: cards.length })),
      h(
        "button",
        { type: "button", class: "button", "data-do": "publish", disabled: !isPrinted },
        t("The cards are printed: publish the roll"),
      ),
    ),
    h("p", { id: "cards-problem", class: "problem", role: "alert" }),
  );
}

async function drawCards(number: number): Promise<void> {
  const list = h("ol", { class: "voting-cards" });
  const progress = h("progress", { max: number, value: 0, "aria-label": t("Make the cards") });
  root.replaceChildren(progress);
  while (cards.length < number) {
    const some = Math.min(AT_ONCE, number - cards.length);
    const fresh = Array.from({ length: some }, (_, i) => makeCard(cards.length + i + 1));
    cards.push(...fresh);
    list.append(...fresh.map((card) => drawCard(card, heading)));
    progress.setAttribute("value", String(cards.length));
    await new Promise((resume) => setTimeout(resume, 0));
  }
  root.replaceChildren(drawSteps(), list);
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
    say(t("The roll was not taken. The cards are still here; try again."));
    return;
  }
  cards.forEach(({ secret }) => secret.fill(0));
  cards = [];
  location.assign(root.dataset["done"] ?? "");
}

function start(): void {
  drawStart();
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = must<HTMLInputElement>("#number").valueAsNumber;
    if (!(Number.isInteger(number) && number >= 1 && number <= MOST)) {
      say(t("A whole number from {least} to {most}.", { least: 1, most: MOST }));
      return;
    }
    void drawCards(number);
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
}

speak(toLanguage(document.documentElement.lang));
start();
