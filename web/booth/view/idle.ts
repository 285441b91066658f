/** The screens between two deputies: waiting for a card, checking it, telling why it can't vote. */

import { type Child, h } from "../../common/dom.js";
import { t } from "../../common/messages.js";
import { CODE_LENGTH, grouped } from "../gestures.js";
import type { Announced, State, Step, Told } from "../state.js";
import { currentOf } from "../steps.js";
import {
  type Place,
  actions,
  busy,
  button,
  countdown,
  heading,
  icon,
  notice,
  say,
} from "./parts.js";

type At<N extends Step["at"]> = Extract<Step, { at: N }>;

const LETTERS = [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"];

/** The tablet waits for the next card. */
export function idleScreen(place: Place, state: State, step: At<"idle">): HTMLElement {
  const election = currentOf(state.hall);
  return h(
    "div",
    { class: "idle", "data-key": "idle" },
    h(
      "section",
      { class: "matter" },
      heading(election?.title ?? t("No vote is announced yet")),
      stateLine(state, election),
      ...keptNotices(place, state),
    ),
    h("section", { class: "entry" }, ...entryOf(place, step)),
  );
}

/** An open vote is called open when this tablet can take ballots for it. */
function stateLine({ paper, fault }: State, election: Announced | null): HTMLElement {
  const isReady = election?.state !== "open" || paper?.election === election.id;
  if (isReady) {
    return h("p", { class: `state ${election?.state ?? "none"}` }, stateOf(election));
  }
  const text =
    fault === null
      ? t("The vote is open; this tablet is still receiving the paper…")
      : t("This tablet can't be used to vote");
  return h("p", { class: "state waiting" }, text);
}

function stateOf(election: Announced | null): string {
  switch (election?.state) {
    case undefined:
      return t("The vote appears here as soon as it is prepared.");
    case "prepared":
      return t("The vote has not begun yet");
    case "open":
      return t("The vote is open");
    case "annulled":
      return t("The vote was annulled");
    default:
      return t("The vote is closed");
  }
}

/** Ballots of earlier deputies that still wait, or came back. */
function keptNotices(place: Place, { kept, isLinked }: State): HTMLElement[] {
  const waiting = kept.filter(({ rule }) => rule === null);
  const refused = kept.filter(({ rule }) => rule !== null);
  const notices: HTMLElement[] = [];
  if (!isLinked) {
    const text = t("The network is interrupted; this tablet tries again by itself.");
    notices.push(notice(place, "warning", h("p", { role: "status" }, text)));
  }
  if (waiting.length > 0) {
    const text = t(
      "Sealed ballots waiting on this tablet for the network: {n}. They are sent by themselves.",
      { n: waiting.length },
    );
    notices.push(notice(place, "warning", say(text)));
  }
  if (refused.length > 0) {
    notices.push(
      notice(
        place,
        "warning",
        say(t("These sealed ballots were not accepted and do not count:")),
        h("ul", {}, ...refused.map(({ tracker, rule }) => refusedLine(tracker.short, rule ?? ""))),
        button("second", { do: "acknowledge" }, t("Noted")),
      ),
    );
  }
  return notices;
}

function refusedLine(short: string, rule: string): HTMLElement {
  return h("li", {}, h("span", { class: "code" }, short), ": ", refusalOf(rule));
}

/** Why a ballot was refused, in words. */
export function refusalOf(rule: string): string {
  switch (rule) {
    case "ballot.second":
      return t("Another ballot of this card was accepted before; that one counts.");
    case "ballot.closed":
      return t("The vote had been closed before it arrived.");
    case "ballot.credential":
      return t("The card is not good for this vote any more.");
    case "ballot.challenged":
      return t("It was opened to test the tablet.");
    case "order.annulled":
      return t("The vote was annulled.");
    default:
      return t("The ballot box found a fault in it ({rule}).", { rule });
  }
}

function entryOf(place: Place, step: At<"idle">): Child[] {
  const problem = problemOf(place, step);
  switch (step.entry) {
    case "scan":
      return [
        h("h2", {}, t("Hold the code on your voting card before the camera")),
        problem,
        ...viewfinder(place),
      ];
    case "type":
      return [h("h2", {}, t("Type the code on your voting card")), problem, ...keypad(place, step)];
    case "none":
      return [h("h2", {}, t("Please take out your voting card")), problem, ...waysIn(place)];
  }
}

function waysIn(place: Place): Child[] {
  const [scan, type] = [
    { do: "enter", entry: "scan" },
    { do: "enter", entry: "type" },
  ];
  return [
    place.hasCamera ? button("main", scan, icon(place, "scan-line"), t("Scan the card")) : null,
    button(place.hasCamera ? "second" : "main", type, icon(place, "keyboard"), t("Type the code")),
    say(t("The card is all you need. Nothing here knows your name."), "aside"),
  ];
}

function viewfinder(place: Place): Child[] {
  const picture = h("video", {
    class: "camera",
    "data-key": "camera",
    "data-keep": true,
    muted: true,
    playsinline: true,
    "aria-label": t("Picture of the camera"),
  });
  const type = { do: "enter", entry: "type" };
  return [picture, button("second", type, icon(place, "keyboard"), t("Type the code instead"))];
}

function problemOf(place: Place, { problem, entry }: At<"idle">): HTMLElement | null {
  if (problem === null) {
    return null;
  }
  const mistake =
    entry === "scan"
      ? t("This is not the code of a voting card. Hold the card's own code before the camera.")
      : t("This code has a mistake in it. Compare it with the card, letter by letter.");
  const text =
    problem === "camera" ? t("The camera can't be used here. Type the code instead.") : mistake;
  return notice(place, "warning", h("p", { role: "alert" }, text));
}

function keypad(place: Place, { typed }: At<"idle">): Child[] {
  const isWhole = typed.length >= CODE_LENGTH;
  const progress = isWhole
    ? t("All characters are there")
    : t("{n} of 28 characters", { n: typed.length });
  const erase = button("plain", { do: "erase" }, icon(place, "delete"));
  erase.setAttribute("aria-label", t("Delete the last character"));
  return [
    h("label", { class: "typed" }, h("span", { id: "typed-help" }, progress), field(typed)),
    h(
      "div",
      { class: "keypad", role: "group", "aria-label": t("Letters and digits") },
      ...LETTERS.map((letter) => button("plain", { do: "letter", letter }, letter)),
      erase,
    ),
    say(t("Lower case does no harm; I and L are read as 1, O as 0."), "aside"),
    actions(
      button("second", { do: "enter", entry: "none" }, t("Back")),
      button("main", { do: "submit" }, t("Check the card")),
    ),
  ];
}

/** The tablet's own keyboard would hide the keypad, so it is not asked for. */
function field(typed: string): HTMLElement {
  return h("input", {
    "data-key": "typed",
    "data-typed": true,
    inputmode: "none",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    value: grouped(typed),
    "aria-label": t("Code of the voting card"),
    "aria-describedby": "typed-help",
  });
}

/** The card is looked up; usually too short to be read. */
export function checkingScreen(): HTMLElement {
  return busy("checking", t("Checking the card…"));
}

/** Why this card can't vote now, and what to do. */
export function toldScreen(place: Place, state: State, step: At<"told">): HTMLElement {
  const [title, advice] = wordsOf(step.what, step.rule);
  return h(
    "div",
    { class: "told", "data-key": "told" },
    icon(place, "info"),
    heading(title),
    say(advice, "lead"),
    actions(countdown(state.left), button("main", { do: "done" }, t("Done"))),
  );
}

function wordsOf(what: Told, rule: string | null): readonly [string, string] {
  const patience = t("Please keep your card until the chair opens the vote.");
  switch (what) {
    case "none":
      return [t("No vote is announced yet"), patience];
    case "early":
      return [t("The vote has not begun yet"), patience];
    case "ended":
      return [
        t("The vote is closed"),
        t("Ballots can't be cast any more. No ballot was cast from here."),
      ];
    case "annulled":
      return [
        t("The vote was annulled"),
        t("Please wait for what the chair says. No ballot was cast from here."),
      ];
    case "offline":
      return [
        t("This tablet has not received the paper yet"),
        t("The network is interrupted. Please use another tablet, or wait a moment and try again."),
      ];
    case "broken":
      if (rule === "log.vkey") {
        return [
          t("This tablet can't be used to vote"),
          t(
            "The server names another key of the log than this tablet has known since it was set up ({rule}). Please call a scrutineer and use another tablet.",
            { rule },
          ),
        ];
      }
      return [
        t("This tablet can't be used to vote"),
        t(
          "What it received did not pass its check ({rule}). Please call a scrutineer and use another tablet.",
          { rule: rule ?? "" },
        ),
      ];
    default:
      return wordsOfCard(what);
  }
}

function wordsOfCard(what: "unlisted" | "unissued" | "revoked"): readonly [string, string] {
  switch (what) {
    case "unlisted":
      return [
        t("This card does not belong to this sitting"),
        t("Please go to the check-in desk and have the card looked at."),
      ];
    case "unissued":
      return [
        t("This card has not been issued yet"),
        t("Cards are issued at check-in. Please wait a moment or go to the check-in desk."),
      ];
    case "revoked":
      return [
        t("This card was revoked"),
        t("It can't vote any more. Please go to the check-in desk for another card."),
      ];
  }
}
