/** The ballot on its way, its receipt, and what may come instead of one. */

import { type Child, h } from "../../common/dom.js";
import { t } from "../../common/messages.js";
import { drawQr } from "../../common/qr.js";
import type { Receipt, State, Step } from "../state.js";
import { refusalOf } from "./idle.js";
import {
  type Place,
  actions,
  busy,
  button,
  code,
  countdown,
  heading,
  icon,
  linkCode,
  notice,
  points,
  receiptLink,
  say,
} from "./parts.js";

type At<N extends Step["at"]> = Extract<Step, { at: N }>;

/** The ballot is sent, or waits for the network: the deputy sees which of the two it is. */
export function castingScreen(place: Place, state: State, step: At<"casting">): HTMLElement {
  if (!step.isWaiting) {
    return busy("casting", t("Sending the ballot…"), code(step.tracker));
  }
  return h(
    "div",
    { class: "waiting", "data-key": "waiting" },
    icon(place, "wifi-off"),
    heading(t("Not arrived yet: the ballot waits on this tablet")),
    code(step.tracker),
    say(
      t(
        "The network gives no answer. The sealed ballot is kept on this tablet and sent again and again by itself, also after a restart. It is never counted twice.",
      ),
      "lead",
    ),
    points(
      "ul",
      t("You can wait here: the receipt appears by itself."),
      t(
        "Or write the tracking code down and leave the tablet to the next deputy. Later show your card at any tablet: it shows the receipt if the ballot has arrived, and lets you vote if it has not.",
      ),
    ),
    actions(
      countdown(state.left),
      button("second", { do: "stay" }, t("Keep waiting")),
      button("main", { do: "done" }, t("Leave it to the tablet")),
    ),
  );
}

/** The receipt, checked by the tablet itself. */
export function receiptScreen(place: Place, state: State, step: At<"receipt">): HTMLElement {
  const { receipt } = step;
  return h(
    "div",
    { class: "receipt", "data-key": "receipt" },
    ...verdictOf(place, step),
    h(
      "div",
      { class: "tracker" },
      h("div", {}, h("h2", {}, t("Tracking code")), code(receipt.tracker)),
      linkCode(place, receipt.tracker, t("For your phone: opens the receipt")),
      offlineCode(place, receipt),
    ),
    say(
      t(
        "Keep it: photograph the screen, write the tracking code down, or print it. With it you can check at any time that your ballot is in the count. It does not tell anybody how you voted.",
      ),
    ),
    actions(
      countdown(state.left),
      button("second", { do: "stay" }, t("More time")),
      button("second", { do: "print" }, icon(place, "printer"), t("Print")),
      button("main", { do: "done" }, icon(place, "check"), t("Done, clear the tablet")),
    ),
  );
}

function verdictOf(place: Place, { receipt, origin }: At<"receipt">): HTMLElement[] {
  if (origin === "earlier") {
    const text = t(
      "This is the receipt of the ballot that counts. A card votes once in each election.",
    );
    return [
      heading(t("This card has already voted in this election")),
      notice(place, "note", say(text)),
    ];
  }
  const text = t(
    "The tablet has checked the receipt: the ballot stands in the public log as entry {n}.",
    { n: receipt.index },
  );
  return [heading(t("Your ballot has been received")), notice(place, "good", say(text))];
}

function offlineCode(place: Place, receipt: Receipt): HTMLElement {
  return h(
    "figure",
    { class: "large" },
    drawQr(
      offlineLink(place, receipt),
      t("Larger code: the whole receipt, for checking without network"),
      "low",
    ),
    h("figcaption", {}, t("The whole receipt, for checking without network")),
  );
}

function offlineLink(place: Place, { tracker, compact }: Receipt): string {
  return `${receiptLink(place, tracker)}#${compact}`;
}

/** The ballot was refused for good. */
export function refusedScreen(place: Place, state: State, step: At<"refused">): HTMLElement {
  return h(
    "div",
    { class: "refused", "data-key": "refused" },
    icon(place, "triangle-alert"),
    heading(t("The ballot was not accepted")),
    code(step.tracker),
    say(refusalOf(step.rule), "lead"),
    say(
      t(
        "This ballot does not count. Show your card once more to see whether you can vote, or ask a scrutineer.",
      ),
    ),
    actions(countdown(state.left), button("main", { do: "done" }, t("Done"))),
  );
}

/** The answer is no receipt of this ballot: somebody has to look at it. */
export function forgedScreen(place: Place, step: At<"forged">): HTMLElement {
  return h(
    "div",
    { class: "forged", "data-key": "forged" },
    icon(place, "triangle-alert"),
    heading(t("The receipt did not pass the check. Please call a scrutineer")),
    code(step.tracker),
    say(
      t(
        "What the server sent is not the receipt of this ballot ({rule}). The tablet does not take it as one, and keeps the sealed ballot.",
        { rule: step.rule },
      ),
      "lead",
    ),
    say(
      t(
        "Write the tracking code down. A scrutineer sees in the public log whether it has arrived.",
      ),
    ),
    actions(button("main", { do: "done" }, t("A scrutineer has seen this"))),
  );
}

/** The receipt as it is printed; never on the screen. */
export function printedReceipt(place: Place, state: State, receipt: Receipt): HTMLElement {
  const { paper } = state;
  const facts: readonly (readonly [string, string])[] = [
    [t("Of the congress"), paper?.congress ?? ""],
    [t("At the sitting"), paper?.sitting ?? ""],
    [t("Vote"), paper?.election === receipt.election ? paper.manifest.title : ""],
    [t("Tracking code"), receipt.tracker.short],
    [t("Entry in the log"), String(receipt.index)],
    [t("Fingerprint of the vote"), receipt.election],
    [t("Key of the log"), paper?.vkey ?? ""],
  ];
  const rows: Child[] = facts
    .filter(([, value]) => value !== "")
    .flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h(
    "section",
    { class: "printed", "data-key": "printed", "aria-hidden": "true" },
    h("h2", {}, t("Receipt of a ballot")),
    h("dl", {}, ...rows),
    h(
      "div",
      { class: "tracker" },
      linkCode(place, receipt.tracker, t("Receipt on the network")),
      offlineCode(place, receipt),
    ),
    say(t("The receipt says nothing of the choices. The text below is the proof itself.")),
    h("pre", {}, receipt.text),
  );
}
