/** Small pieces that all screens of the tablet are made of. */

import type { Question } from "../../ballots/manifest.js";
import { type Child, h, s } from "../../common/dom.js";
import { t } from "../../common/messages.js";
import { drawQr } from "../../common/qr.js";
import { ABSTAIN, type Answers, isMarked, layoutOf } from "../answers.js";
import type { Paper, Tracker } from "../state.js";

/** Where things are on this host. */
export interface Place {
  /** Host, and port where it has one, as receipts' links name it. */
  readonly host: string;
  /** Address of the icon sheet. */
  readonly icons: string;
  /** Whether this page may ask for a camera. */
  readonly hasCamera: boolean;
}

/** Draw an icon; the words beside it say what it means. */
export function icon(place: Place, name: string): SVGElement {
  const use = s("use", { href: `${place.icons}#${name}` });
  return s("svg", { class: "icon", "aria-hidden": "true", focusable: "false" }, use);
}

const BUTTONS = { main: "button", second: "button is-quiet", plain: "button is-bare" } as const;
const NOTES = {
  note: ["note", "info"],
  warning: ["note is-warning", "triangle-alert"],
  good: ["note is-done", "circle-check"],
} as const;

/** A button that does one thing. */
export function button(
  kind: keyof typeof BUTTONS,
  doing: Readonly<Record<string, string>>,
  ...content: Child[]
): HTMLElement {
  const data = Object.entries(doing).map(([name, value]) => [`data-${name}`, value]);
  // One button never turns into another: a finger may still be on it.
  const key = Object.values(doing).join(" ");
  const own = { type: "button", class: BUTTONS[kind], "data-key": key };
  const attributes = { ...own, ...Object.fromEntries(data) };
  return h("button", attributes, ...content);
}

/** A passage of text; `kind` is its class. */
export function say(text: string, kind?: string): HTMLElement {
  return h("p", { class: kind }, text);
}

/** A list of passages, in order or not. */
export function points(tag: "ol" | "ul", ...texts: string[]): HTMLElement {
  return h(tag, { class: "points" }, ...texts.map((text) => h("li", {}, text)));
}

/** A screen that is seen while the tablet works. */
export function busy(key: string, title: string, ...content: Child[]): HTMLElement {
  return h(
    "div",
    { class: "busy", "data-key": key, "aria-busy": "true" },
    heading(title),
    ...content,
    h("progress", { "aria-label": title }),
  );
}

/** The title of a step; it takes the focus when the step begins. */
export function heading(...content: Child[]): HTMLElement {
  return h("h1", { tabindex: -1, "data-title": true }, ...content);
}

/** A row of buttons that stays in view at the foot of the page. */
export function actions(...content: Child[]): HTMLElement {
  return h("div", { class: "buttons is-end actions" }, ...content);
}

/** A passage that is told apart by colour, icon and word. */
export function notice(place: Place, kind: keyof typeof NOTES, ...content: Child[]): HTMLElement {
  const [style, symbol] = NOTES[kind];
  return h("div", { class: style }, icon(place, symbol), h("div", {}, ...content));
}

/** A tracker in large letters, as one word for screen readers spelt in groups. */
export function code(tracker: Tracker): HTMLElement {
  const spelt = tracker.short
    .split("-")
    .map((group) => [...group].join(" "))
    .join(", ");
  return h(
    "p",
    { class: "number-code" },
    h("span", { class: "unseen" }, t("Tracking code: {code}", { code: spelt })),
    h("span", { "aria-hidden": "true" }, tracker.short),
  );
}

/** The link that a camera reads; upper case, so that the code is small. */
export function receiptLink(place: Place, tracker: Tracker): string {
  return `HTTPS://${place.host.toUpperCase()}/R/${tracker.short.replace(/-/g, "")}`;
}

/** The small code of a receipt's link, with what it is for. */
export function linkCode(place: Place, tracker: Tracker, caption: string): HTMLElement {
  return h(
    "figure",
    {},
    drawQr(receiptLink(place, tracker), t("Code for cameras: a link to the receipt"), "quartile"),
    h("figcaption", {}, caption),
  );
}

/** How an option is called; abstaining has no title of its own in the manifest. */
export function optionTitle(question: Question, option: string): string {
  return option === ABSTAIN
    ? t("Abstain")
    : (question.options.find(({ id }) => id === option)?.title ?? option);
}

/** What was marked, as lists under the answers that were given. */
export function marksOf({ manifest }: Paper, answers: Answers): HTMLElement {
  const groups = layoutOf(manifest) === "rows" ? byAnswer(manifest.questions, answers) : null;
  const lists = groups ?? manifest.questions.map((question) => sheetMarks(question, answers));
  return h("div", { class: "marks" }, ...lists);
}

function sheetMarks(question: Question, answers: Answers): HTMLElement {
  const items = question.options
    .map(({ id, title }, i) => [i + 1, title, isMarked(answers, question.id, id)] as const)
    .filter(([, , isTaken]) => isTaken)
    .map(([number, title]) => [number, title] as const);
  const isAbstaining = isMarked(answers, question.id, ABSTAIN);
  const said = isAbstaining ? t("Abstain") : t("Nothing is chosen");
  const list = items.length > 0 ? numbered(items) : h("p", { class: "said" }, said);
  const count = isAbstaining
    ? null
    : h("p", { class: "sum" }, t("Chosen: {n}", { n: items.length }));
  return h("section", {}, h("h2", {}, question.title), list, count);
}

function byAnswer(questions: readonly Question[], answers: Answers): HTMLElement[] {
  const titles = new Map<string, [number, string][]>();
  questions.forEach((question, i) => {
    for (const option of [...question.options.map(({ id }) => id), ABSTAIN]) {
      if (isMarked(answers, question.id, option)) {
        const title = optionTitle(question, option);
        titles.set(title, [...(titles.get(title) ?? []), [i + 1, question.title]]);
      }
    }
  });
  return [...titles].map(([title, items]) =>
    h("section", {}, h("h2", {}, `${title} (${items.length})`), numbered(items)),
  );
}

function numbered(items: readonly (readonly [number, string])[]): HTMLElement {
  return h("ol", {}, ...items.map(([number, title]) => h("li", { value: number }, title)));
}

/** How long the tablet still waits, changed every second without a new drawing. */
export function countdown(left: number | null): HTMLElement | null {
  return left === null
    ? null
    : h(
        "p",
        { class: "countdown", role: "timer" },
        h("span", { "data-left": true }, String(left)),
        " ",
        t("seconds until this tablet forgets everything"),
      );
}
