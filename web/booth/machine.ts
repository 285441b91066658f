/** The flow of voting as a pure function: a state and an event give the next state. */

import type { Effect, Event, Reading, State, Step } from "./state.js";
import { stepped } from "./steps.js";

/** How many seconds a step waits for the deputy before the tablet forgets; others wait for ever. */
export const PATIENCE: Readonly<Partial<Record<Step["at"], number>>> = {
  told: 45,
  choosing: 300,
  reviewing: 300,
  sealed: 300,
  explaining: 300,
  publishing: 180,
  tested: 180,
  casting: 180,
  refused: 120,
  receipt: 90,
};

/** From so many seconds on, a step with choices in it asks whether the deputy is still there. */
export const WARNING = 60;

/** How many seconds a code stays that somebody typed in part, or with a mistake in it. */
export const TYPING = 120;

const WAITING: Step = { at: "idle", entry: "none", typed: "", problem: null };
/** What happens without the deputy's doing, so that it doesn't show that somebody is there. */
const PASSIVE: ReadonlySet<Event["do"]> = new Set([
  "hall",
  "linked",
  "opened",
  "unopened",
  "contents",
  "kept",
]);

/** Give the state of a tablet that has just been switched on. */
export function begin(usual: Reading): State {
  return {
    reading: usual,
    usual,
    hall: null,
    isLinked: true,
    paper: null,
    fault: null,
    contents: {},
    step: WAITING,
    kept: [],
    asked: null,
    left: null,
  };
}

/** Take an event. What doesn't fit the step, as a second tap, changes nothing. */
export function reduce(state: State, event: Event): State {
  if (event.do === "tick") {
    return ticked(state);
  }
  const next = interrupted(changed(state, event));
  if (next.step.at === state.step.at && PASSIVE.has(event.do)) {
    return next;
  }
  return next === state && event.do !== "stay" ? state : { ...next, left: patienceOf(next.step) };
}

function patienceOf(step: Step): number | null {
  if (step.at === "idle") {
    return step.typed === "" ? null : TYPING;
  }
  return PATIENCE[step.at] ?? null;
}

function ticked(state: State): State {
  if (state.left === null) {
    return state;
  }
  return state.left > 1 ? { ...state, left: state.left - 1 } : forgotten(state);
}

/** The tablet waits for the next card; nothing of the last deputy is in the state any more. */
function forgotten(state: State): State {
  return { ...state, reading: state.usual, step: WAITING, asked: null, left: null };
}

function changed(state: State, event: Event): State {
  switch (event.do) {
    case "hall":
      return { ...state, hall: event.hall, isLinked: true };
    case "linked":
      return state.isLinked === event.isLinked ? state : { ...state, isLinked: event.isLinked };
    case "opened":
      return { ...state, paper: event.paper, fault: null };
    case "unopened":
      return { ...state, paper: null, fault: event.rule };
    case "contents":
      return { ...state, contents: event.contents };
    case "kept":
      return { ...state, kept: event.kept };
    case "read":
      return { ...state, reading: { ...state.reading, ...event.reading } };
    case "ask":
      return { ...state, asked: event.about };
    case "stay":
      return state.asked === null ? state : { ...state, asked: null };
    case "done":
      return state.step.at === "idle" ? state : forgotten(state);
    case "broken":
      return { ...state, step: { at: "told", what: "broken", rule: event.rule } };
    default: {
      const step = stepped(state, event);
      return step === state.step ? state : { ...state, step };
    }
  }
}

/** Whoever still marks a paper when its election ends is told so. */
function interrupted(state: State): State {
  const { step, hall, paper } = state;
  const isMarking = "answers" in step && step.at !== "publishing" && step.at !== "tested";
  const election = hall?.elections.find(({ id }) => id === paper?.election);
  if (!isMarking || election === undefined || election.state === "open") {
    return state;
  }
  const what = election.state === "annulled" ? "annulled" : "ended";
  return { ...state, step: { at: "told", what, rule: null } };
}

/** Tell what has to be done outside because one state became another. */
export function effectsOf(before: State, after: State): Effect[] {
  const effects: Effect[] = [];
  const [from, to] = [before.step, after.step];
  if (to.at === "idle" && from.at !== "idle" && from.at !== "checking") {
    effects.push({ run: "forget" });
  }
  if (to.at === "publishing" && (from.at !== "publishing" || (from.isStuck && !to.isStuck))) {
    effects.push({ run: "publish" });
  }
  return from.at === to.at ? effects : [...effects, ...entering(after)];
}

function entering({ step, paper }: State): Effect[] {
  if (step.at === "checking") {
    return [{ run: "check", code: step.code }];
  }
  if (step.at === "sealing" && paper !== null) {
    return [{ run: "seal", answers: step.answers, paper }];
  }
  if (step.at === "casting" && !step.isResumed) {
    return [{ run: "cast", tracker: step.tracker }];
  }
  return [];
}
