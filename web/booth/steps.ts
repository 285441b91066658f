/** Where each step leads: one function a step, from the step and an event to the next step. */

import {
  NO_ANSWERS,
  type Answers,
  hindranceOf,
  lackOf,
  restAbstained,
  toggled,
} from "./answers.js";
import type {
  Announced,
  Event,
  Hall,
  Paper,
  Receipt,
  Standing,
  State,
  Step,
  Told,
} from "./state.js";

/** Give the election that people are voting on, or else the one that is nearest to it. */
export function currentOf(hall: Hall | null): Announced | null {
  const elections = hall?.elections ?? [];
  const latest = (state: string): Announced | undefined =>
    elections.filter((election) => election.state === state).pop();
  return latest("open") ?? latest("prepared") ?? elections[elections.length - 1] ?? null;
}

/** Give the step that follows; the same one where the event means nothing to it. */
export function stepped(state: State, event: Event): Step {
  const { step } = state;
  switch (step.at) {
    case "idle":
      return fromIdle(state, step, event);
    case "checking":
      return fromChecking(state, step, event);
    case "choosing":
      return state.paper === null ? step : fromChoosing(state.paper, step, event);
    case "reviewing":
    case "sealing":
    case "sealed":
    case "explaining":
      return fromPaper(step, event);
    case "publishing":
    case "tested":
      return fromTest(step, event);
    case "casting":
    case "forged":
      return fromCasting(step, event);
    case "refused":
      return event.do === "found" ? found(event.receipt) : step;
    case "told":
    case "receipt":
      return step;
  }
}

type At<N extends Step["at"]> = Extract<Step, { at: N }>;

function fromIdle(state: State, step: At<"idle">, event: Event): Step {
  switch (event.do) {
    case "enter":
      return { ...step, entry: event.entry, problem: null };
    case "type":
      return { ...step, entry: "type", typed: event.typed, problem: null };
    case "cameraless":
      return { ...step, entry: "type", problem: "camera" };
    case "check":
      return currentOf(state.hall) === null
        ? { at: "told", what: "none", rule: null }
        : { at: "checking", entry: step.entry, code: event.code };
    case "resume":
      return { at: "casting", tracker: event.tracker, isWaiting: true, isResumed: true };
    default:
      return step;
  }
}

/** A code that was mistyped is given back to be put right. */
function fromChecking(state: State, step: At<"checking">, event: Event): Step {
  const { entry, code } = step;
  switch (event.do) {
    case "mistyped":
      return { at: "idle", entry, typed: entry === "type" ? code : "", problem: "mistyped" };
    case "found":
      return found(event.receipt);
    case "standing":
      return admitted(state, event.standing);
    default:
      return step;
  }
}

function found(receipt: Receipt): Step {
  return { at: "receipt", receipt, origin: "earlier" };
}

function admitted({ hall, paper, fault }: State, standing: Standing): Step {
  const told = (what: Told): Step => ({ at: "told", what, rule: null });
  if (standing !== "good" && standing !== "unknown") {
    return told(standing);
  }
  const current = currentOf(hall);
  switch (current?.state) {
    case "open":
      if (paper?.election === current.id) {
        return { at: "choosing", answers: NO_ANSWERS, hint: null };
      }
      return fault === null ? told("offline") : { at: "told", what: "broken", rule: fault };
    case "prepared":
      return told("early");
    case "annulled":
      return told("annulled");
    default:
      return told("ended");
  }
}

function fromChoosing({ manifest }: Paper, step: At<"choosing">, event: Event): Step {
  const { answers } = step;
  switch (event.do) {
    case "mark": {
      const question = manifest.questions.find(({ id }) => id === event.question);
      if (question === undefined) {
        return step;
      }
      const hint = hindranceOf(manifest, answers, question, event.option);
      const marked = hint === null ? toggled(answers, question, event.option) : answers;
      return { at: "choosing", answers: marked, hint };
    }
    case "abstainRest":
      return { at: "choosing", answers: restAbstained(manifest, answers), hint: null };
    case "review": {
      const hint = lackOf(manifest, answers);
      return hint === null ? { at: "reviewing", answers } : { ...step, hint };
    }
    default:
      return step;
  }
}

type OnPaper = At<"reviewing"> | At<"sealing"> | At<"sealed"> | At<"explaining">;

function fromPaper(step: OnPaper, event: Event): Step {
  const { answers } = step;
  if (event.do === "back" && (step.at === "reviewing" || step.at === "sealed")) {
    return { at: "choosing", answers, hint: null };
  }
  if (step.at === "reviewing") {
    return event.do === "seal" ? { at: "sealing", answers } : step;
  }
  if (step.at === "sealing") {
    return event.do === "sealed" ? { at: "sealed", answers, tracker: event.tracker } : step;
  }
  const { tracker } = step;
  if (step.at === "sealed") {
    return fromSealed(answers, step, event);
  }
  if (event.do === "publish") {
    return { at: "publishing", answers, tracker, isStuck: false };
  }
  return event.do === "back" ? { at: "sealed", answers, tracker } : step;
}

function fromSealed(answers: Answers, step: At<"sealed">, event: Event): Step {
  const { tracker } = step;
  if (event.do === "cast") {
    return { at: "casting", tracker, isWaiting: false, isResumed: false };
  }
  return event.do === "explain" ? { at: "explaining", answers, tracker } : step;
}

/** What may have been published is never cast: from here the way leads to a blank paper alone. */
function fromTest(step: At<"publishing"> | At<"tested">, event: Event): Step {
  const blank: Step = { at: "choosing", answers: NO_ANSWERS, hint: null };
  if (step.at === "tested") {
    return event.do === "again" ? blank : step;
  }
  const { answers, tracker } = step;
  switch (event.do) {
    case "published":
      return { at: "tested", answers, tracker, index: event.index };
    case "unpublished":
      return { ...step, isStuck: true };
    case "publish":
      return { ...step, isStuck: false };
    case "again":
      return step.isStuck ? blank : step;
    default:
      return step;
  }
}

function fromCasting(step: At<"casting"> | At<"forged">, event: Event): Step {
  const { tracker } = step;
  const isOther = (id: string): boolean => id !== tracker.id;
  switch (event.do) {
    case "unsent":
      return isOther(event.tracker.id) || step.at !== "casting"
        ? step
        : { ...step, isWaiting: true };
    case "receipt": {
      const origin = step.at === "casting" && !step.isResumed ? "cast" : "resumed";
      return isOther(event.receipt.tracker.id)
        ? step
        : { at: "receipt", receipt: event.receipt, origin };
    }
    case "refused":
      return isOther(event.tracker.id) ? step : { at: "refused", tracker, rule: event.rule };
    case "forged":
      return isOther(event.tracker.id) ? step : { at: "forged", tracker, rule: event.rule };
    default:
      return step;
  }
}
