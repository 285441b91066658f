/** The paper: projects to be marked, what is still missing, and the review of all marks. */

import type { Manifest, Question } from "../../ballots/manifest.js";
import { type Child, h } from "../../common/dom.js";
import { t } from "../../common/messages.js";
import {
  ABSTAIN,
  type Answers,
  type Hindrance,
  type Lack,
  chosenOf,
  countOf,
  hindranceOf,
  isAnswered,
  isMarked,
  layoutOf,
} from "../answers.js";
import type { Paper, State, Step } from "../state.js";
import { details } from "./details.js";
import {
  type Place,
  actions,
  button,
  heading,
  icon,
  marksOf,
  notice,
  optionTitle,
} from "./parts.js";

type At<N extends Step["at"]> = Extract<Step, { at: N }>;

/** The paper to be filled in. */
export function choosingScreen(
  place: Place,
  state: State,
  paper: Paper,
  step: At<"choosing">,
): HTMLElement {
  const { manifest } = paper;
  const isRows = layoutOf(manifest) === "rows";
  const questions = isRows
    ? [
        h(
          "ol",
          { class: "matters" },
          ...manifest.questions.map((q, i) => row(state, manifest, step.answers, q, i)),
        ),
      ]
    : manifest.questions.map((question) => sheet(state, manifest, step.answers, question));
  return h(
    "div",
    { class: "paper", "data-key": "choosing" },
    heading(manifest.title),
    h("p", { class: "lead rules" }, ruleOf(manifest)),
    state.isLinked ? null : lostNotice(place),
    ...questions,
    actions(
      h(
        "div",
        { class: "count" },
        h("p", { class: "sum", "aria-live": "polite" }, ...counts(manifest, step.answers)),
        h(
          "p",
          { class: "hint", role: "alert" },
          step.hint === null ? "" : hintOf(manifest, step.hint),
        ),
      ),
      restButton(manifest, step.answers),
      button("main", { do: "review" }, t("Check my choices"), icon(place, "chevron-right")),
    ),
  );
}

/** The network is gone; nothing is lost by going on. */
export function lostNotice(place: Place): HTMLElement {
  return notice(
    place,
    "note",
    h(
      "p",
      {},
      t(
        "The network is interrupted. You can go on: your sealed ballot will be kept and sent as soon as it is back.",
      ),
    ),
  );
}

function ruleOf(manifest: Manifest): string {
  const [first] = manifest.questions;
  if (layoutOf(manifest) === "rows" || first === undefined || manifest.questions.length > 1) {
    const rule =
      manifest.kind === "rating"
        ? t("Rate each of the {n} items.", { n: manifest.questions.length })
        : t("Give one answer to each of the {n} items.", { n: manifest.questions.length });
    const [limit] = manifest.limits;
    return limit === undefined
      ? rule
      : `${rule} ${t("At most {max} may be marked “{option}”.", { max: limit.max, option: limitTitle(manifest, limit.options[0]!) })}`;
  }
  const { min, max, abstain, options } = first;
  const numbers = { min, max, n: options.length };
  if (min === max) {
    return abstain
      ? t("Choose exactly {max} of {n} projects, or abstain.", numbers)
      : t("Choose exactly {max} of {n} projects.", numbers);
  }
  if (min > 1) {
    return abstain
      ? t("Choose {min} to {max} of {n} projects, or abstain.", numbers)
      : t("Choose {min} to {max} of {n} projects.", numbers);
  }
  return abstain
    ? t("Choose at most {max} of {n} projects, or abstain.", numbers)
    : t("Choose at most {max} of {n} projects.", numbers);
}

function limitTitle(
  { questions }: Manifest,
  [question, option]: readonly [string, string],
): string {
  const found = questions.find(({ id }) => id === question);
  return found === undefined ? option : optionTitle(found, option);
}

function counts(manifest: Manifest, answers: Answers): Child[] {
  if (layoutOf(manifest) === "rows") {
    const done = manifest.questions.filter((question) => isAnswered(answers, question)).length;
    return [
      part(t("Answered: {n} of {all}", { n: done, all: manifest.questions.length })),
      ...manifest.limits.map((limit) =>
        part(
          t("{option}: {n} of at most {max}", {
            option: limitTitle(manifest, limit.options[0]!),
            n: countOf(answers, limit),
            max: limit.max,
          }),
        ),
      ),
    ];
  }
  return manifest.questions.map((question) =>
    part(
      isMarked(answers, question.id, ABSTAIN)
        ? t("Abstaining")
        : t("Chosen: {n} of at most {max}", { n: chosenOf(answers, question), max: question.max }),
    ),
  );
}

function part(text: string): HTMLElement {
  return h("span", {}, text);
}

function hintOf(manifest: Manifest, hint: Hindrance | Lack): string {
  switch (hint.why) {
    case "full":
      return t(
        "{max} are chosen, more are not allowed. To choose another one, take one away first.",
        { max: hint.max },
      );
    case "abstaining":
      return t("You are abstaining. To choose projects, take “Abstain” away first.");
    case "few":
      return manifest.questions.some(({ id, abstain }) => id === hint.question && abstain)
        ? t("Choose {n} more before you go on, or abstain.", { n: hint.missing })
        : t("Choose {n} more before you go on.", { n: hint.missing });
    case "unanswered":
      return t("{n} items have no answer yet.", { n: hint.missing });
    case "limit":
      return "option" in hint
        ? t(
            "“{option}” has been given {max} times, more is not allowed. To give it here, take it away elsewhere first.",
            {
              option: limitTitle(
                manifest,
                manifest.limits.flatMap((l) => l.options).find(([, o]) => o === hint.option)!,
              ),
              max: hint.max,
            },
          )
        : t("{n} more are needed before you go on.", { n: hint.missing });
  }
}

/** Spares a deputy many touches where the rest may be abstained on. */
function restButton(manifest: Manifest, answers: Answers): HTMLElement | null {
  const open = manifest.questions.filter((question) => !isAnswered(answers, question));
  const isOffered =
    layoutOf(manifest) === "rows" &&
    open.length > 0 &&
    open.length < manifest.questions.length &&
    open.every(({ abstain }) => abstain);
  return isOffered
    ? button("second", { do: "abstainRest" }, t("Abstain on the other {n}", { n: open.length }))
    : null;
}

function sheet(
  state: State,
  manifest: Manifest,
  answers: Answers,
  question: Question,
): HTMLElement {
  const rows = question.options.map(({ id, title }, i) =>
    h(
      "li",
      { class: "project", "data-key": id },
      choice(manifest, answers, question, id, [
        h("span", { class: "number" }, String(i + 1)),
        h("span", { class: "title" }, title),
      ]),
      details(state.contents, id, title),
    ),
  );
  const abstaining = question.abstain
    ? h(
        "li",
        { class: "project abstain", "data-key": "abstain" },
        choice(manifest, answers, question, ABSTAIN, [h("span", { class: "title" }, t("Abstain"))]),
      )
    : null;
  return h(
    "fieldset",
    { class: "sheet", "data-question": question.id },
    h("legend", { class: manifest.questions.length > 1 ? "" : "unseen" }, question.title),
    h("ol", {}, ...rows, abstaining),
  );
}

function row(
  state: State,
  manifest: Manifest,
  answers: Answers,
  question: Question,
  i: number,
): HTMLElement {
  const options = [...question.options.map(({ id }) => id), ...(question.abstain ? [ABSTAIN] : [])];
  return h(
    "li",
    {
      class: `project ${isAnswered(answers, question) ? "answered" : ""}`,
      "data-key": question.id,
    },
    h(
      "fieldset",
      { "data-question": question.id },
      h("legend", {}, h("span", { class: "number" }, String(i + 1)), " ", question.title),
      h(
        "div",
        { class: "options" },
        ...options.map((option) =>
          choice(manifest, answers, question, option, [
            h("span", { class: "title" }, optionTitle(question, option)),
          ]),
        ),
      ),
    ),
    details(state.contents, question.id, question.title),
  );
}

/** One mark. What may not be marked stays reachable, so that a touch can say why. */
function choice(
  manifest: Manifest,
  answers: Answers,
  question: Question,
  option: string,
  content: Child[],
): HTMLElement {
  const isTaken = isMarked(answers, question.id, option);
  const isHindered = hindranceOf(manifest, answers, question, option) !== null;
  const isSingle = question.max === 1;
  return h(
    "label",
    { class: `choice ${isTaken ? "taken" : ""} ${isHindered ? "hindered" : ""}` },
    h("input", {
      type: isSingle ? "radio" : "checkbox",
      name: isSingle ? question.id : null,
      checked: isTaken,
      "aria-disabled": isHindered ? "true" : null,
      "data-mark": option,
      "data-of": question.id,
    }),
    h("span", { class: "box", "aria-hidden": "true" }),
    ...content,
  );
}

/** All marks once more, before they are sealed. */
export function reviewingScreen(
  place: Place,
  paper: Paper,
  step: At<"reviewing"> | At<"sealing">,
): HTMLElement {
  const isSealing = step.at === "sealing";
  return h(
    "div",
    { class: "review", "data-key": "reviewing", "aria-busy": isSealing ? "true" : null },
    heading(isSealing ? t("Sealing the ballot…") : t("Are these your choices?")),
    layoutOf(paper.manifest) === "rows" ? h("p", { class: "lead" }, paper.manifest.title) : null,
    marksOf(paper, step.answers),
    isSealing
      ? h("progress", { "aria-label": t("Sealing the ballot…") })
      : actions(
          button("second", { do: "back" }, icon(place, "arrow-left"), t("Change")),
          button("main", { do: "seal" }, icon(place, "lock"), t("Seal the ballot")),
        ),
  );
}
