/** Draws the page of a scrutineer's device from its state. */

import { trusteeCode, trusteeQr } from "../ballots/cards.js";
import { grouped } from "../ballots/encoding.js";
import type { Finding } from "../ballots/verify.js";
import { type Child, h, s } from "../common/dom.js";
import { t } from "../common/messages.js";
import { drawQr } from "../common/qr.js";
import { nextStep } from "./device.js";
import type { State, Watch } from "./state.js";
import type { ToldCeremony, ToldVote } from "./told.js";

/** What the page has from the server besides its state. */
export interface Frame {
  readonly icons: string;
  readonly rules: Readonly<Record<string, string>>;
  readonly name: string;
  readonly congress: string;
  readonly sitting: string;
}

const FINGERPRINT_LETTERS = 24;
const GROUPS_IN_A_LINE = 4;

function icon({ icons }: Frame, name: string): SVGElement {
  const use = s("use", { href: `${icons}#${name}` });
  return s("svg", { class: "icon", "aria-hidden": "true", focusable: "false" }, use);
}

function note(frame: Frame, kind: "note" | "warning" | "problem" | "done", ...content: Child[]): HTMLElement {
  const names = { note: "info", warning: "triangle-alert", problem: "circle-alert", done: "circle-check" };
  const role = kind === "problem" ? "alert" : null;
  return h("div", { class: `note is-${kind}`, role }, icon(frame, names[kind]), h("div", {}, ...content));
}

interface ButtonPlan {
  readonly doing: string;
  readonly words: string;
  readonly icon: string;
  readonly kind?: string;
  readonly tally?: string;
}

function button(frame: Frame, { doing, words, icon: name, kind, tally }: ButtonPlan): HTMLElement {
  const data = { "data-do": doing, "data-tally": tally };
  return h("button", { type: "button", class: `button ${kind ?? ""}`, ...data }, icon(frame, name), words);
}

/** Write a code in lines of a few groups. */
function lines(code: string): string {
  const groups = code.split("-");
  const starts = groups.flatMap((_, i) => (i % GROUPS_IN_A_LINE === 0 ? [i] : []));
  return starts.map((start) => groups.slice(start, start + GROUPS_IN_A_LINE).join("-")).join("-\n");
}

function badge(frame: Frame, word: string, isGood: boolean): HTMLElement {
  const name = isGood ? "circle-check" : "circle-dashed";
  return h("span", { class: isGood ? "badge is-good" : "badge" }, icon(frame, name), word);
}

/** Draw the whole page. */
export function draw(state: State, frame: Frame): HTMLElement {
  return h(
    "div",
    { id: "trustee" },
    drawCeremony(state, frame),
    ...state.told.votes
      .filter((vote) => vote.state === "tallied" && state.told.ceremony !== null)
      .map((vote) => drawShare(state, frame, vote)),
    drawWatch(state, frame),
  );
}

function card(key: string, title: string, ...content: Child[]): HTMLElement {
  return h("section", { class: "card", "data-key": key }, h("h2", {}, title), ...content);
}

function drawCeremony(state: State, frame: Frame): HTMLElement {
  const { ceremony } = state.told;
  const title = t("Key ceremony");
  if (ceremony === null) {
    return card("ceremony", title, h("p", {}, t("No key ceremony has begun. The secretariat begins it; this page goes on by itself.")));
  }
  return card("ceremony", title, drawProgress(ceremony, frame), ...drawStep(state, ceremony, frame));
}

function drawProgress(ceremony: ToldCeremony, frame: Frame): HTMLElement {
  const steps = [t("Registered"), t("Key shown"), t("Confirmed")];
  const head = [t("Scrutineer"), ...steps];
  const done = (name: string | null, step: number): HTMLElement =>
    h("td", { "data-label": steps[step] }, badge(frame, name === null ? t("not yet") : t("done"), name !== null));
  return h(
    "div",
    { class: "table is-stacked", role: "region", tabindex: "0", "aria-label": t("Key ceremony") },
    h(
      "table",
      {},
      h("caption", {}, t("{threshold} of {trustees} scrutineers together can decrypt the count.", {
        threshold: ceremony.threshold,
        trustees: ceremony.names.length,
      })),
      h("thead", {}, h("tr", {}, ...head.map((word) => h("th", { scope: "col" }, word)))),
      h(
        "tbody",
        {},
        ...ceremony.names.map((name, i) =>
          h(
            "tr",
            { class: i + 1 === ceremony.index ? "is-main" : null },
            h("th", { scope: "row" }, name),
            done(ceremony.trustees[i] ?? null, 0),
            done(ceremony.commitments[i] ?? null, 1),
            done(ceremony.confirmations[i] ?? null, 2),
          ),
        ),
      ),
    ),
  );
}

function drawStep(state: State, ceremony: ToldCeremony, frame: Frame): Child[] {
  const step = nextStep(ceremony);
  if (ceremony.keys !== null) {
    return [drawFingerprint(ceremony.keys)];
  }
  if (ceremony.index === null) {
    return [h("p", {}, t("You hold no part of this key; you can watch the log."))];
  }
  if (ceremony.stage === "abandoned") {
    return [note(frame, "warning", h("p", {}, t("This ceremony was given up; the sheets made for it are of no use. The secretariat begins a new one, and this page goes on by itself.")))];
  }
  if (state.fresh !== null && step === "register") {
    return [drawSheet(state, frame)];
  }
  if (state.asked?.for === "ceremony") {
    return [drawAsking(state, frame, t("Your device no longer has your key, as after a reload. Scan or type the code of your sheet, and the ceremony goes on."))];
  }
  if (step === "register") {
    return [
      h("p", {}, t("Your device makes a secret of its own. You keep it on a printed sheet; nobody else ever sees it, and this server never does.")),
      button(frame, { doing: "make", words: t("Make my key and show the sheet"), icon: "key-round" }),
    ];
  }
  return [h("p", { "aria-live": "polite" }, t("Your part is done. The page goes on by itself when the others have done theirs; leave it open."))];
}

function drawFingerprint(keys: string): HTMLElement {
  return h(
    "div",
    { class: "fingerprint" },
    h("p", {}, t("The keys are made. Every scrutineer reads this fingerprint aloud; it must be the same on all devices.")),
    h("p", { class: "code" }, grouped(keys.slice(0, FINGERPRINT_LETTERS).toUpperCase())),
  );
}

function drawSheet(state: State, frame: Frame): HTMLElement {
  const seed = state.fresh;
  if (seed === null) {
    return h("div", {});
  }
  const words = trusteeCode(seed);
  return h(
    "div",
    { class: "sheet", "data-key": "sheet" },
    h(
      "div",
      { class: "paper" },
      h("h3", {}, t("Sheet of scrutineer {name}", { name: frame.name })),
      h("p", {}, `${frame.congress} · ${frame.sitting}`),
      drawQr(trusteeQr(seed), t("The code of your sheet, for the camera"), "quartile"),
      h("p", { class: "code" }, lines(words)),
      h(
        "ol",
        {},
        h("li", {}, t("With this sheet your part of the count is decrypted. It stands on no device and nowhere else.")),
        h("li", {}, t("Keep it with you and show it to nobody. Use it on your own device alone, when the vote is closed.")),
        h("li", {}, t("Destroy it when the results of the sitting are final.")),
      ),
    ),
    h(
      "div",
      { class: "buttons not-on-paper" },
      button(frame, { doing: "print", words: t("Print the sheet"), icon: "printer", kind: "is-quiet" }),
    ),
    drawField(state, frame, {
      label: t("Type the last four characters of the code, to show that you have it on paper"),
      doing: "keep",
      words: t("I have the sheet; go on"),
    }),
  );
}

interface FieldPlan {
  readonly label: string;
  readonly doing: string;
  readonly words: string;
}

function drawField(state: State, frame: Frame, { label, doing, words }: FieldPlan): HTMLElement {
  return h(
    "form",
    { class: "form not-on-paper", "data-form": doing, novalidate: true },
    h(
      "div",
      { class: state.problem === null ? "field" : "field is-wrong" },
      h("label", { for: "typed-code" }, label),
      state.problem === null ? null : h("p", { class: "problem", id: "typed-problem", role: "alert" }, icon(frame, "circle-alert"), state.problem),
      h("input", {
        id: "typed-code",
        class: "is-code",
        autocomplete: "off",
        autocapitalize: "characters",
        spellcheck: "false",
        "aria-describedby": state.problem === null ? null : "typed-problem",
        value: state.typed,
      }),
    ),
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "button", disabled: state.isBusy }, words)),
  );
}

function drawAsking(state: State, frame: Frame, why: string): HTMLElement {
  return h(
    "div",
    { "data-key": "asking" },
    h("p", {}, why),
    h("video", { id: "camera", class: "scan-view", "data-keep": true, hidden: true, playsinline: true, muted: true, "aria-label": t("Picture of the camera") }),
    h(
      "div",
      { class: "buttons" },
      button(frame, { doing: "scan", words: t("Scan with the camera"), icon: "scan-line", kind: "is-quiet" }),
    ),
    drawField(state, frame, { label: t("Code of your sheet"), doing: "sheet", words: t("Use this sheet") }),
  );
}

function drawShare(state: State, frame: Frame, vote: ToldVote): HTMLElement {
  const { ceremony } = state.told;
  const title = t("Decrypt the count: {title}", { title: vote.title });
  const index = ceremony?.index ?? null;
  const told = h("p", {}, t("{given} of {threshold} shares have come.", { given: vote.given.length, threshold: ceremony?.threshold ?? 0 }));
  if (index === null || vote.tally === null) {
    return card(vote.id, title, told);
  }
  if (vote.given.includes(index)) {
    return card(vote.id, title, told, note(frame, "done", h("p", {}, t("Your share is given."))));
  }
  const { watch } = state;
  const isChecked = watch.taken === watch.size && watch.findings.length === 0 && watch.alarm === null;
  if (!isChecked) {
    return card(vote.id, title, told, note(frame, "warning", h("p", {}, t("This device gives a share only when it has checked every ballot of the log itself and found nothing wrong."))));
  }
  const ballots = watch.elections.get(vote.id)?.ballots.size ?? 0;
  const checked = note(frame, "done", h("p", {}, t("This device checked all {ballots} ballots and added them up itself; the published sum is the same.", { ballots })));
  const isAsking = state.asked?.for === "share" && state.asked.tally === vote.tally;
  return card(
    vote.id,
    title,
    told,
    checked,
    isAsking
      ? drawAsking(state, frame, t("Scan or type the code of your sheet. It is used once and forgotten at once."))
      : button(frame, { doing: "share", words: t("Give my share"), icon: "key-round", tally: vote.tally }),
  );
}

function drawWatch(state: State, frame: Frame): HTMLElement {
  const { watch } = state;
  const figures: [string, number][] = [
    [t("Entries checked"), watch.taken],
    [t("Entries in the log"), watch.size],
    [t("Cosigned up to entry"), watch.cosigned ?? 0],
  ];
  return card(
    "watch",
    t("Watch over the log"),
    h("p", {}, t("This device reads the log as any citizen can, checks every ballot as it comes, and cosigns what it has found sound.")),
    drawAlarms(watch, frame),
    h("dl", { class: "figures" }, ...figures.map(([word, value]) => h("div", {}, h("dt", {}, word), h("dd", {}, value)))),
    h(
      "ul",
      { class: "votes-watched" },
      ...state.told.votes.map(({ id, title }) =>
        h("li", {}, `${title}: `, t("{ballots} ballots checked, {challenges} tablets tested", {
          ballots: watch.elections.get(id)?.ballots.size ?? 0,
          challenges: watch.elections.get(id)?.challenged.size ?? 0,
        })),
      ),
    ),
  );
}

function drawAlarms(watch: Watch, frame: Frame): HTMLElement {
  if (watch.alarm !== null) {
    return note(frame, "problem", h("strong", {}, t("Stop the sitting: the log is not what it was")), h("p", {}, frame.rules[watch.alarm] ?? watch.alarm));
  }
  if (watch.findings.length > 0) {
    return note(frame, "problem", h("strong", {}, t("Something in the log is wrong")), h("ul", {}, ...watch.findings.map((finding) => h("li", {}, said(finding, frame)))));
  }
  if (watch.isLost) {
    return note(frame, "warning", h("p", {}, t("The server can't be reached. The watch goes on as soon as it can.")));
  }
  return note(frame, "done", h("p", {}, t("Nothing wrong was found.")));
}

function said({ entry, rule }: Finding, { rules }: Frame): string {
  return t("Entry {entry}: {words}", { entry: entry ?? "–", words: rules[rule] ?? rule });
}
