/** The whole page: the bar above, the step's screen, what stands before it. */

import { type Attributes, type Child, h } from "../../common/dom.js";
import { t } from "../../common/messages.js";
import { WARNING } from "../machine.js";
import type { State } from "../state.js";
import { checkingScreen, idleScreen, toldScreen } from "./idle.js";
import { choosingScreen, reviewingScreen } from "./paper.js";
import { type Place, button, countdown, icon, say } from "./parts.js";
import {
  castingScreen,
  forgedScreen,
  printedReceipt,
  receiptScreen,
  refusedScreen,
} from "./receipt.js";
import { explainingScreen, publishingScreen, sealedScreen, testedScreen } from "./seal.js";

/** What the tablet says of itself to whoever asks. */
export interface Facts {
  readonly build: readonly (readonly [name: string, digest: string])[];
}

/** Draw the whole page of a state. */
export function draw(place: Place, state: State, facts: Facts): HTMLElement {
  return h(
    "div",
    { id: "booth", class: `step-${state.step.at}` },
    bar(place, state),
    state.hall?.isRehearsal === true
      ? h("p", { class: "rehearsal" }, t("Rehearsal: nothing here is counted"))
      : null,
    h("main", { id: "content", class: "frame content", tabindex: -1 }, screen(place, state)),
    overlay(place, state, facts),
    state.step.at === "receipt" ? printedReceipt(place, state, state.step.receipt) : null,
  );
}

/** The screen of a step; it is drawn anew as a whole when the step changes. */
function screen(place: Place, state: State): HTMLElement {
  const { step, paper } = state;
  switch (step.at) {
    case "idle":
      return idleScreen(place, state, step);
    case "told":
      return toldScreen(place, state, step);
    case "casting":
      return castingScreen(place, state, step);
    case "receipt":
      return receiptScreen(place, state, step);
    case "refused":
      return refusedScreen(place, state, step);
    case "forged":
      return forgedScreen(place, step);
    case "sealed":
      return sealedScreen(place, state, step);
    case "explaining":
      return explainingScreen(place, step);
    case "publishing":
      return publishingScreen(step);
    default:
      break;
  }
  if (paper === null || step.at === "checking") {
    return checkingScreen();
  }
  switch (step.at) {
    case "choosing":
      return choosingScreen(place, state, paper, step);
    case "tested":
      return testedScreen(place, paper, step);
    default:
      return reviewingScreen(place, paper, step);
  }
}

function bar(place: Place, state: State): HTMLElement {
  const { reading, hall, step } = state;
  const isLeavable = step.at === "choosing" || step.at === "reviewing" || step.at === "sealed";
  const sizes = { normal: t("Normal text"), large: t("Large text"), largest: t("Largest text") };
  const other = reading.language === "en" ? "zh-Hans" : "en";
  const contrast = String(reading.isContrasting);
  const brand = h(
    "p",
    { class: "brand" },
    state.paper?.congress ?? hall?.congress ?? "",
    h("small", {}, state.paper?.sitting ?? hall?.sitting ?? ""),
  );
  const tools = h(
    "div",
    { class: "tools", role: "group", "aria-label": t("How this page is shown") },
    isLeavable ? tool(place, "leave", "log-out", t("Leave without voting")) : null,
    tool(place, "size", "a-large-small", sizes[reading.size]),
    tool(place, "contrast", "contrast", t("Contrast"), { "aria-pressed": contrast }),
    tool(place, "language", "languages", other === "en" ? "English" : "中文", { lang: other }),
    tool(place, "about", "info", t("This tablet")),
  );
  return h("header", { class: "masthead" }, h("div", { class: "frame" }, brand, tools));
}

/** One of the buttons of the bar, which stay where they are through all steps. */
function tool(
  place: Place,
  act: string,
  symbol: string,
  word: string,
  attributes: Attributes = {},
): HTMLElement {
  const all = { type: "button", class: "tool", title: word, "data-do": act, ...attributes };
  return h("button", all, icon(place, symbol), h("span", { class: "word" }, word));
}

function overlay(place: Place, state: State, facts: Facts): HTMLElement | null {
  const isMarking = "answers" in state.step;
  if (isMarking && state.left !== null && state.left <= WARNING) {
    const text = t(
      "To keep your choices secret, this tablet forgets them soon. Nothing has been cast.",
    );
    return dialog(
      "quiet",
      t("Are you still there?"),
      say(text),
      countdown(state.left),
      ...leaving(),
    );
  }
  switch (state.asked) {
    case "leave": {
      const text = t(
        "What you have chosen is forgotten, and nothing is cast. Your card stays good: you can begin again at any tablet.",
      );
      return dialog("leave", t("Leave without voting?"), say(text), ...leaving());
    }
    case "about": {
      const close = button("main", { do: "stay" }, t("Close this"));
      return dialog("about", t("This tablet"), about(place, state, facts), close);
    }
    case null:
      return null;
  }
}

function leaving(): HTMLElement[] {
  return [
    button("main", { do: "stay" }, t("Go on")),
    button("second", { do: "done" }, t("Leave without voting")),
  ];
}

function dialog(name: string, title: string, ...content: Child[]): HTMLElement {
  return h(
    "dialog",
    { "data-key": name, "aria-labelledby": "dialog-title" },
    h("h2", { id: "dialog-title" }, title),
    ...content,
  );
}

/** What can be compared with the printed sheet of the scrutineers. */
function about(place: Place, state: State, facts: Facts): HTMLElement {
  const { paper } = state;
  const rows: readonly (readonly [string, string])[] = [
    [t("Key of the log"), paper?.vkey ?? ""],
    [t("Fingerprint of the vote"), paper?.election ?? ""],
    [t("Entries of the log when checked"), paper === null ? "" : String(paper.logSize)],
    [t("Network"), state.isLinked ? t("connected") : t("interrupted")],
    [t("Camera"), place.hasCamera ? t("can be used") : t("needs an encrypted address (https)")],
    [t("Sealed ballots waiting"), String(state.kept.filter(({ rule }) => rule === null).length)],
    ...facts.build,
  ];
  return h(
    "dl",
    { class: "facts is-long" },
    ...rows
      .filter(([, value]) => value !== "")
      .flatMap(([name, value]) => [h("dt", {}, name), h("dd", { class: "code" }, value)]),
  );
}
