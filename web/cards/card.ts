/** Draws a voting card as it is printed: code for the tablet, what to do in words, stub. */

import { cardCode, cardQr, type CardSecret } from "../ballots/cards.js";
import { h } from "../common/dom.js";
import { t } from "../common/messages.js";
import { drawQr } from "../common/qr.js";

/** A card before it is printed. */
export interface Card {
  readonly serial: string;
  readonly secret: CardSecret;
}

/** What all cards of a sitting are headed with. */
export interface Heading {
  readonly congress: string;
  readonly sitting: string;
  readonly isRehearsal: boolean;
}

const GROUPS_IN_A_LINE = 4;

function codeLines(secret: CardSecret): string {
  const groups = cardCode(secret).split("-");
  const first = groups.slice(0, GROUPS_IN_A_LINE).join("-");
  return `${first}-\n${groups.slice(GROUPS_IN_A_LINE).join("-")}`;
}

/** Draw a card; its words are those that no tablet can be trusted to say. */
export function drawCard({ serial, secret }: Card, heading: Heading): HTMLElement {
  const { congress, sitting, isRehearsal } = heading;
  return h(
    "li",
    { class: "voting-card" },
    h(
      "div",
      { class: "voting-card-head" },
      h("span", {}, `${congress} ${sitting}`),
      h("span", { class: "serial" }, serial),
    ),
    drawQr(cardQr(secret), t("The card's code for the tablet's camera"), "medium"),
    h(
      "div",
      { class: "voting-card-code" },
      h(
        "p",
        { class: "voting-card-name" },
        t("Voting card"),
        isRehearsal ? " " : null,
        isRehearsal ? h("strong", {}, t("Rehearsal")) : null,
      ),
      h("p", {}, t("Scan the code with the tablet, or type:")),
      h("p", { class: "code" }, codeLines(secret)),
    ),
    h(
      "ol",
      {},
      h("li", {}, t("Show or lend this card to no one: whoever has the code has the vote.")),
      h("li", {}, t("Once sealed, the tablet shows a tracker of 16 characters. Note it before you cast; the receipt must show the same.")),
      h("li", {}, t("“Test” instead of “Cast” makes the tablet open what it sealed; then fill in a new paper. A tested ballot never counts.")),
      h("li", {}, t("If a tablet says otherwise, tell a scrutineer before you go on.")),
    ),
    h(
      "div",
      { class: "voting-card-stub" },
      drawQr(serial, t("The serial, for the check-in desk"), "medium"),
      h("b", {}, `${t("Stub")} ${serial}`),
      h("span", {}, t("Tear off, and keep apart from the card: it lets a lost card be revoked.")),
    ),
  );
}
