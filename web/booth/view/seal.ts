/** The sealed ballot: cast it, or open it to the public to test the tablet. */

import { h } from "../../common/dom.js";
import { t } from "../../common/messages.js";
import type { Paper, State, Step } from "../state.js";
import {
  type Place,
  actions,
  busy,
  button,
  code,
  heading,
  icon,
  linkCode,
  marksOf,
  notice,
  points,
  say,
} from "./parts.js";
import { lostNotice } from "./paper.js";

type At<N extends Step["at"]> = Extract<Step, { at: N }>;

/** The ballot is sealed; its number stands before the deputy decides. */
export function sealedScreen(place: Place, state: State, step: At<"sealed">): HTMLElement {
  return h(
    "div",
    { class: "sealed", "data-key": "sealed" },
    heading(t("The ballot is sealed, but not cast yet")),
    say(
      t(
        "This is its tracking code. You may write it down or photograph it now; it will stand on your receipt unchanged.",
      ),
      "lead",
    ),
    h(
      "div",
      { class: "tracker" },
      code(step.tracker),
      linkCode(place, step.tracker, t("The same code for a camera")),
    ),
    points(
      "ul",
      t("“Cast the ballot” sends it, and the receipt appears."),
      t("“Test the tablet” opens it to the public instead; it is then not counted."),
    ),
    state.isLinked ? null : lostNotice(place),
    actions(
      button("plain", { do: "back" }, icon(place, "arrow-left"), t("Change")),
      button("second", { do: "explain" }, icon(place, "search-check"), t("Test the tablet")),
      button("main", { do: "cast" }, icon(place, "send"), t("Cast the ballot")),
    ),
  );
}

/** What a test is, before anything is published. */
export function explainingScreen(place: Place, step: At<"explaining">): HTMLElement {
  return h(
    "div",
    { class: "explaining", "data-key": "explaining" },
    heading(t("Test whether this tablet seals what you choose")),
    points(
      "ol",
      t(
        "The sealed ballot {code} is opened and published. Everybody can see what is in it and check that it is what you chose.",
        { code: step.tracker.short },
      ),
      t(
        "A ballot that was opened is not counted. You then fill in a new one, which is sealed afresh.",
      ),
      t(
        "What you chose in this one becomes public. To keep your vote secret, choose differently in the ballot that you cast, or test with choices that are not your own.",
      ),
    ),
    notice(
      place,
      "note",
      say(
        t(
          "The tablet could not know whether you would test it. So it can't seal something else without being caught.",
        ),
      ),
    ),
    actions(
      button("second", { do: "back" }, icon(place, "arrow-left"), t("Back, do not test")),
      button(
        "main",
        { do: "publish" },
        icon(place, "search-check"),
        t("Open and publish this ballot"),
      ),
    ),
  );
}

/** The opened ballot is on its way to the public log. */
export function publishingScreen({ isStuck, tracker }: At<"publishing">): HTMLElement {
  if (!isStuck) {
    return busy("publishing", t("Publishing the opened ballot…"));
  }
  return h(
    "div",
    { class: "busy", "data-key": "stuck" },
    heading(t("The opened ballot could not be published yet")),
    say(
      t(
        "The network gave no answer. Ballot {code} can't be cast any more in any case; you can try again, or fill in a new one.",
        { code: tracker.short },
      ),
      "lead",
    ),
    actions(
      button("second", { do: "again" }, t("Fill in a new ballot")),
      button("main", { do: "publish" }, t("Try again")),
    ),
  );
}

/** The ballot is public: what was sealed, opened. */
export function testedScreen(place: Place, paper: Paper, step: At<"tested">): HTMLElement {
  return h(
    "div",
    { class: "tested", "data-key": "tested" },
    heading(t("This ballot was opened and is not counted")),
    say(
      t("It stands in the public log as entry {n}. This is what was sealed in it:", {
        n: step.index,
      }),
      "lead",
    ),
    h(
      "div",
      { class: "tracker" },
      code(step.tracker),
      linkCode(place, step.tracker, t("Tracking code of the opened ballot")),
    ),
    marksOf(paper, step.answers),
    say(
      t(
        "The scrutineers' screens and anyone who checks the log remake this ballot from these choices and compare. Compare the tracking code with what they show.",
      ),
    ),
    notice(place, "warning", say(t("You have not voted yet. Please fill in a new ballot now."))),
    actions(
      button("main", { do: "again" }, icon(place, "chevron-right"), t("Fill in a new ballot")),
    ),
  );
}
