/** The tablet's flow: every step, what may not happen twice, and what is left when it forgets. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Manifest } from "../ballots/manifest.js";
import { PATIENCE, TYPING, begin, effectsOf, reduce } from "../booth/machine.js";
import type {
  Announced,
  ElectionState,
  Event,
  Hall,
  Paper,
  Reading,
  Receipt,
  State,
  Step,
  Tracker,
} from "../booth/state.js";
import { currentOf } from "../booth/steps.js";

const USUAL: Reading = { language: "zh-Hans", size: "normal", isContrasting: false };
const TRACKER: Tracker = { id: "ab".repeat(32), short: "AAAA-BBBB-CCCC-DDDD" };
const OTHER: Tracker = { id: "cd".repeat(32), short: "EEEE-FFFF-GGGG-HHHH" };
const RECEIPT: Receipt = { tracker: TRACKER, election: "e1", index: 7, text: "", compact: "" };

const MANIFEST: Manifest = {
  title: "Projects",
  kind: "decision",
  round: 1,
  questions: [
    {
      id: "projects",
      title: "Projects",
      options: ["p1", "p2", "p3"].map((id) => ({ id, title: id })),
      min: 1,
      max: 2,
      abstain: true,
    },
  ],
  limits: [],
  rules: {},
};

const PAPER: Paper = {
  election: "e1",
  manifest: MANIFEST,
  congress: "Congress",
  sitting: "Sitting",
  origin: "localhost/c",
  vkey: "key",
  logSize: 3,
};

function announced(id: string, state: ElectionState): Announced {
  return { id, title: id, state, keys: "k", roll: "r" };
}

function hallOf(...elections: Announced[]): Hall {
  return { congress: "Congress", sitting: "Sitting", isRehearsal: false, elections };
}

function after(state: State, ...events: Event[]): State {
  return events.reduce(reduce, state);
}

const READY = after(
  begin(USUAL),
  { do: "hall", hall: hallOf(announced("e1", "open")) },
  { do: "opened", paper: PAPER },
);
const CHECKED = after(READY, { do: "check", code: "CODE" }, { do: "standing", standing: "good" });
const mark = (option: string): Event => ({ do: "mark", question: "projects", option });
const SEALED = after(
  CHECKED,
  mark("p1"),
  { do: "review" },
  { do: "seal" },
  { do: "sealed", tracker: TRACKER },
);
const CASTING = after(SEALED, { do: "cast" });
const WITH_RECEIPT = after(CASTING, { do: "receipt", receipt: RECEIPT });

function at<N extends Step["at"]>(state: State, name: N): Extract<Step, { at: N }> {
  assert.equal(state.step.at, name);
  return state.step as Extract<Step, { at: N }>;
}

test("a ballot goes from the card to the receipt in six touches", () => {
  assert.deepEqual(
    [CHECKED, SEALED, CASTING, WITH_RECEIPT].map(({ step }) => step.at),
    ["choosing", "sealed", "casting", "receipt"],
  );
  assert.equal(at(WITH_RECEIPT, "receipt").origin, "cast");
});

test("each step asks once for what it needs", () => {
  const chain: [State, Event, string[]][] = [
    [READY, { do: "check", code: "CODE" }, ["check"]],
    [after(CHECKED, mark("p1"), { do: "review" }), { do: "seal" }, ["seal"]],
    [SEALED, { do: "cast" }, ["cast"]],
    [CASTING, { do: "cast" }, []],
    [after(SEALED, { do: "explain" }), { do: "publish" }, ["publish"]],
    [WITH_RECEIPT, { do: "done" }, ["forget"]],
  ];
  for (const [state, event, wanted] of chain) {
    const effects = effectsOf(state, reduce(state, event));
    assert.deepEqual(
      effects.map(({ run }) => run),
      wanted,
    );
  }
});

test("a second tap changes nothing", () => {
  assert.equal(reduce(CASTING, { do: "cast" }).step, CASTING.step);
  assert.equal(reduce(CASTING, { do: "explain" }).step, CASTING.step);
  const publishing = after(SEALED, { do: "explain" }, { do: "publish" });
  assert.equal(reduce(publishing, { do: "publish" }).step.at, "publishing");
  assert.equal(reduce(publishing, { do: "cast" }).step.at, "publishing");
});

test("a ballot that was cast is not opened any more (A8)", () => {
  const waiting = after(CASTING, { do: "unsent", tracker: TRACKER });
  for (const state of [CASTING, waiting, WITH_RECEIPT]) {
    for (const event of [{ do: "explain" }, { do: "publish" }, { do: "back" }] as const) {
      const next = reduce(state, event);
      assert.equal(next.step, state.step);
      assert.deepEqual(effectsOf(state, next), []);
    }
  }
});

test("a mistyped code is given back to be put right", () => {
  const typed = after(READY, { do: "type", typed: "ABC" }, { do: "check", code: "ABC" });
  const step = at(after(typed, { do: "mistyped" }), "idle");
  assert.deepEqual([step.typed, step.problem, step.entry], ["ABC", "mistyped", "type"]);
});

test("a scanned code that is none is not shown", () => {
  const scanned = after(READY, { do: "enter", entry: "scan" }, { do: "check", code: "XYZ" });
  assert.equal(at(after(scanned, { do: "mistyped" }), "idle").typed, "");
});

for (const [standing, what] of [
  ["unlisted", "unlisted"],
  ["unissued", "unissued"],
  ["revoked", "revoked"],
] as const) {
  test(`a card that is ${standing} is told so`, () => {
    const told = after(READY, { do: "check", code: "C" }, { do: "standing", standing });
    assert.equal(at(told, "told").what, what);
  });
}

for (const [state, what] of [
  ["prepared", "early"],
  ["closed", "ended"],
  ["decided", "ended"],
  ["annulled", "annulled"],
] as const) {
  test(`a good card in a vote that is ${state} is told so`, () => {
    const told = after(
      READY,
      { do: "hall", hall: hallOf(announced("e1", state)) },
      { do: "check", code: "C" },
      { do: "standing", standing: "good" },
    );
    assert.equal(at(told, "told").what, what);
  });
}

test("a card without any vote is told so", () => {
  const empty = after(begin(USUAL), { do: "hall", hall: hallOf() }, { do: "check", code: "C" });
  assert.equal(at(empty, "told").what, "none");
});

test("a card that has voted sees the receipt of its ballot", () => {
  const found = after(READY, { do: "check", code: "C" }, { do: "found", receipt: RECEIPT });
  assert.equal(at(found, "receipt").origin, "earlier");
});

test("without network the card is let through and the ballot box decides", () => {
  const admitted = after(
    READY,
    { do: "linked", isLinked: false },
    { do: "check", code: "C" },
    { do: "standing", standing: "unknown" },
  );
  assert.equal(admitted.step.at, "choosing");
});

test("a paper that did not pass its check takes no marks", () => {
  const faulty = after(
    begin(USUAL),
    { do: "hall", hall: hallOf(announced("e1", "open")) },
    { do: "unopened", rule: "log.root" },
    { do: "check", code: "C" },
    { do: "standing", standing: "good" },
  );
  assert.equal(at(faulty, "told").rule, "log.root");
  const early = after(
    begin(USUAL),
    { do: "hall", hall: hallOf(announced("e1", "open")) },
    { do: "check", code: "C" },
    { do: "standing", standing: "good" },
  );
  assert.equal(at(early, "told").what, "offline");
});

test("over-voting can't happen and the reason is said", () => {
  const full = after(CHECKED, mark("p1"), mark("p2"), mark("p3"));
  const step = at(full, "choosing");
  assert.deepEqual(step.answers.projects?.chosen, ["p1", "p2"]);
  assert.deepEqual(step.hint, { why: "full", max: 2 });
});

test("too few marks can't be reviewed and the reason is said", () => {
  const step = at(after(CHECKED, { do: "review" }), "choosing");
  assert.deepEqual(step.hint, { why: "few", question: "projects", missing: 1 });
});

test("abstaining sets choices aside and gives them back", () => {
  const abstaining = after(CHECKED, mark("p1"), mark("abstain"));
  assert.deepEqual(at(after(abstaining, mark("p2")), "choosing").hint, { why: "abstaining" });
  const back = at(after(abstaining, mark("abstain")), "choosing");
  assert.deepEqual(back.answers.projects, { chosen: ["p1"], isAbstaining: false });
});

test("a sealed ballot can be given back for a change, a published one can't", () => {
  const changed = at(after(SEALED, { do: "back" }), "choosing");
  assert.deepEqual(changed.answers.projects?.chosen, ["p1"]);
  const tested = after(SEALED, { do: "explain" }, { do: "publish" }, { do: "published", index: 9 });
  for (const event of [{ do: "back" }, { do: "cast" }, { do: "seal" }] as const) {
    assert.equal(reduce(tested, event).step.at, "tested");
  }
});

test("after a test the paper is blank, so that the public choices are not cast by habit", () => {
  const again = after(
    SEALED,
    { do: "explain" },
    { do: "publish" },
    { do: "published", index: 9 },
    { do: "again" },
  );
  assert.deepEqual(at(again, "choosing").answers, {});
});

test("a test without an answer can be repeated or left, but its ballot is never cast", () => {
  const stuck = after(SEALED, { do: "explain" }, { do: "publish" }, { do: "unpublished" });
  assert.equal(at(stuck, "publishing").isStuck, true);
  assert.equal(reduce(stuck, { do: "cast" }).step.at, "publishing");
  assert.deepEqual(
    effectsOf(stuck, reduce(stuck, { do: "publish" })).map(({ run }) => run),
    ["publish"],
  );
  assert.equal(reduce(stuck, { do: "again" }).step.at, "choosing");
});

test("the choices are forgotten as soon as the ballot is on its way", () => {
  assert.equal("answers" in CASTING.step, false);
});

test("without an answer the deputy sees that the ballot waits", () => {
  const waiting = after(CASTING, { do: "unsent", tracker: TRACKER });
  assert.equal(at(waiting, "casting").isWaiting, true);
  const ofAnother = after(CASTING, { do: "unsent", tracker: OTHER });
  assert.equal(at(ofAnother, "casting").isWaiting, false);
});

test("only the receipt of the ballot at hand ends the waiting", () => {
  const other = { ...RECEIPT, tracker: OTHER };
  assert.equal(reduce(CASTING, { do: "receipt", receipt: other }).step.at, "casting");
  assert.equal(reduce(READY, { do: "receipt", receipt: RECEIPT }).step.at, "idle");
});

test("a refusal and a receipt that fails its check are told apart", () => {
  const rule = "ballot.closed";
  assert.equal(at(after(CASTING, { do: "refused", tracker: TRACKER, rule }), "refused").rule, rule);
  const forged = after(CASTING, { do: "forged", tracker: TRACKER, rule: "receipt.entry" });
  assert.equal(at(forged, "forged").rule, "receipt.entry");
  assert.equal(reduce(forged, { do: "receipt", receipt: RECEIPT }).step.at, "receipt");
});

test("after a reload the tablet goes on with the sealed ballot", () => {
  const resumed = after(begin(USUAL), { do: "resume", tracker: TRACKER });
  assert.deepEqual(effectsOf(begin(USUAL), resumed), []);
  const step = at(after(resumed, { do: "receipt", receipt: RECEIPT }), "receipt");
  assert.equal(step.origin, "resumed");
});

test("the refusal of a second ballot leads to the receipt of the first", () => {
  const refused = after(CASTING, { do: "refused", tracker: TRACKER, rule: "ballot.second" });
  const receipt = { ...RECEIPT, tracker: OTHER };
  const found = at(after(refused, { do: "found", receipt }), "receipt");
  assert.deepEqual([found.origin, found.receipt.tracker], ["earlier", OTHER]);
});

for (const [name, state] of [
  ["choosing", CHECKED],
  ["reviewing", after(CHECKED, mark("p1"), { do: "review" })],
  ["sealing", after(CHECKED, mark("p1"), { do: "review" }, { do: "seal" })],
  ["sealed", SEALED],
  ["explaining", after(SEALED, { do: "explain" })],
] as const) {
  test(`a vote that ends while somebody is ${name} is told at once`, () => {
    const closed = after(state, { do: "hall", hall: hallOf(announced("e1", "closed")) });
    assert.equal(at(closed, "told").what, "ended");
    const annulled = after(state, { do: "hall", hall: hallOf(announced("e1", "annulled")) });
    assert.equal(at(annulled, "told").what, "annulled");
  });
}

test("a ballot on its way is not stopped by the end of the vote", () => {
  const hall = hallOf(announced("e1", "closed"));
  assert.equal(after(CASTING, { do: "hall", hall }).step.at, "casting");
});

test("the tablet forgets by itself, and warns by counting", () => {
  assert.equal(CHECKED.left, PATIENCE.choosing);
  const ticked = after(CHECKED, { do: "tick" }, { do: "tick" });
  assert.equal(ticked.left, PATIENCE.choosing! - 2);
  assert.equal(after(ticked, { do: "stay" }).left, PATIENCE.choosing);
  let state = CHECKED;
  for (let second = 0; second < PATIENCE.choosing!; second += 1) {
    state = reduce(state, { do: "tick" });
  }
  assert.equal(state.step.at, "idle");
});

for (const [name, state] of [
  ["in part", after(READY, { do: "type", typed: "ABC" })],
  [
    "with a mistake",
    after(READY, { do: "type", typed: "ABC" }, { do: "check", code: "ABC" }, { do: "mistyped" }),
  ],
] as const) {
  test(`a code that was typed ${name} is forgotten when nobody goes on`, () => {
    assert.equal(state.left, TYPING);
    const ticks = Array.from({ length: TYPING }, (): Event => ({ do: "tick" }));
    const last = after(state, ...ticks.slice(1));
    assert.equal(at(last, "idle").typed, "ABC");
    assert.deepEqual(reduce(last, { do: "tick" }), READY);
  });
}

test("a tablet that waits for a card waits for ever", () => {
  assert.equal(after(READY, { do: "type", typed: "A" }, { do: "type", typed: "" }).left, null);
  assert.equal(after(READY, { do: "enter", entry: "scan" }).left, null);
});

test("what happens without the deputy does not prolong the waiting", () => {
  const ticked = after(CHECKED, { do: "tick" });
  const polled = after(ticked, { do: "hall", hall: hallOf(announced("e1", "open")) });
  assert.equal(polled.left, ticked.left);
});

test("nothing of a deputy is left in the state when the next one comes", () => {
  const english = after(
    WITH_RECEIPT,
    { do: "read", reading: { language: "en", size: "largest", isContrasting: true } },
    { do: "ask", about: "about" },
    { do: "done" },
  );
  assert.deepEqual(english, { ...READY, left: null });
});

test("changing how the page is shown keeps every choice", () => {
  const marked = after(CHECKED, mark("p1"));
  const shown = after(marked, { do: "read", reading: { language: "en", size: "largest" } });
  assert.equal(shown.step, marked.step);
});

test("the current vote is the open one, else the next, else the last", () => {
  const [a, b, c] = [announced("a", "decided"), announced("b", "open"), announced("c", "prepared")];
  assert.equal(currentOf(hallOf(a, b, c))?.id, "b");
  assert.equal(currentOf(hallOf(a, c))?.id, "c");
  assert.equal(currentOf(hallOf(a))?.id, "a");
  assert.equal(currentOf(hallOf()), null);
  assert.equal(currentOf(null), null);
});
