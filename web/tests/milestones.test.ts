/** Milestones of projects: which may follow which, and which outcomes they may name. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { canonical, sha256, toHex } from "../ballots/encoding.js";
import {
  type Decision,
  START,
  type Way,
  checkContent,
  follow,
  undo,
} from "../ballots/milestones.js";
import type { Milestone, Stage } from "../ballots/objects.js";
import { checkRecord } from "../ballots/verify.js";
import { FilesReader } from "../ballots/record.js";
import { Congress, LOG_KEY, TIME, choose } from "./congress.js";

const STAGES: readonly Stage[] = [
  "adopted",
  "decided",
  "planned",
  "reported",
  "visited",
  "problem",
  "answered",
  "closed",
  "adjusted",
  "accepted",
  "rated",
  "rectified",
  "archived",
];
const ONCE_DECIDED = "planned reported visited problem adjusted accepted rated archived";

function after(way: Way, stage: Stage, changes: Partial<Milestone> = {}): Milestone {
  const place = { project: "p1", number: way.number + 1, previous: way.last };
  const said = { stage, content: "00".repeat(32), outcome: "", time: TIME };
  return { type: "milestone", ...place, ...said, ...changes };
}

function along(...stages: Stage[]): Way {
  const step = (way: Way, stage: Stage): Way =>
    follow(way, String(way.number + 1), after(way, stage), null);
  return stages.reduce(step, START);
}

function nextAfter(...stages: Stage[]): Set<string> {
  const way = along(...stages);
  const isNext = (stage: Stage): boolean => {
    try {
      follow(way, "next", after(way, stage), null);
      return true;
    } catch {
      return false;
    }
  };
  return new Set(STAGES.filter(isNext));
}

const words = (text: string): string[] => text.split(" ").filter(Boolean);

describe("the order of milestones", () => {
  for (const [before, expected] of [
    ["", "adopted"],
    ["adopted", "decided archived"],
    ["adopted decided", ONCE_DECIDED],
    ["adopted decided problem", `${ONCE_DECIDED} answered`],
    ["adopted decided problem answered answered", `${ONCE_DECIDED} answered closed`],
    ["adopted decided problem answered answered closed", ONCE_DECIDED],
    ["adopted decided rated", `${ONCE_DECIDED} rectified`],
    ["adopted decided archived", ""],
  ] as const) {
    test(`after ${before || "nothing"}`, () => {
      assert.deepEqual(nextAfter(...(words(before) as Stage[])), new Set(words(expected)));
    });
  }

  test("each follows the one before it", () => {
    const way = along("adopted", "decided");
    const refused = (changes: Partial<Milestone>, rule: string): void =>
      assert.throws(() => follow(way, "3", after(way, "planned", changes), null), { rule });
    refused({ previous: "1" }, "milestone.previous");
    refused({ previous: "" }, "milestone.previous");
    refused({ number: 2 }, "milestone.number");
    refused({ number: 4 }, "milestone.number");
  });

  test("an outcome that is named says the same", () => {
    const elected = { valid: true, quorum: 1, required: 1, elected: ["p1"], tied: ["p3"] };
    const rest = { not_elected: ["p2"], open_seats: 0 };
    const outcome = { type: "outcome", result: "", ...elected, ...rest } as const;
    const decision: Decision = { election: "e1", kind: "decision", outcome };
    const graded = { result: "", valid: true, quorum: 1, grades: { p1: "basic" } };
    const rating: Decision = {
      election: "e2",
      kind: "rating",
      outcome: { type: "outcome", ...graded },
    };
    const way = along("adopted");
    const decided = follow(way, "2", after(way, "decided"), decision);
    assert.equal(decided.election, "e1");
    assert.equal(follow(decided, "3", after(decided, "rated"), rating).election, "e1");
    const refused = (from: Way, value: Milestone, named: Decision): void =>
      assert.throws(() => follow(from, "next", value, named), { rule: "milestone.outcome" });
    refused(way, after(way, "decided", { project: "p2" }), decision);
    refused(way, after(way, "decided", { project: "p3" }), decision);
    refused(way, after(way, "decided"), { ...decision, kind: "advisory" });
    refused(way, after(way, "decided"), rating);
    refused(decided, after(decided, "rated", { project: "p2" }), rating);
    refused(decided, after(decided, "rated"), decision);
    refused(decided, after(decided, "planned"), decision);
  });

  test("a way begins with nothing, and nothing is left of a decision that is undone", () => {
    assert.deepEqual(START, {
      last: "",
      number: 0,
      stage: "",
      isDecided: false,
      election: "",
      problems: 0,
      answered: 0,
      isRated: false,
    });
    const way = along("adopted", "decided");
    assert.equal(way.election, "");
    const before = { ...way, election: "e1" };
    assert.deepEqual(undo(before), { ...way, isDecided: false });
  });

  test("bytes that are shown are the content, in canonical form", () => {
    const raw = canonical({ salt: "", title: "公园" });
    const value = after(START, "adopted", { content: toHex(sha256(raw)) });
    checkContent(value, raw);
    const other = canonical({ title: "公园" });
    assert.throws(() => checkContent(value, other), { rule: "milestone.content" });
    assert.throws(() => checkContent(value, new Uint8Array()), { rule: "encoding.json" });
  });
});

describe("milestones in a record", () => {
  test("are counted, and taken back with the election that decided", async () => {
    const congress = new Congress();
    const state = congress.open();
    for (const number of [0, 1, 2]) {
      congress.cast(state.paper, number, choose("p1"));
    }
    congress.finish(congress.close(state));
    const outcome = congress.objects.at(-1)!.id;
    const next = (stage: Stage, changes: Partial<Milestone> = {}): Milestone =>
      after(congress.replay.ways.get("p1") ?? START, stage, changes);
    congress.add(next("adopted"));
    assert.equal(congress.refusal(next("decided", { outcome: "0" })), "order.reference");
    congress.add(next("decided", { outcome }));
    const report = await checkRecord(new FilesReader(congress.files()), LOG_KEY);
    assert.deepEqual(report.findings, []);
    assert.equal(report.checked.get("milestone"), 2);
    assert.equal(report.checked.get("project"), 1);

    const second = congress.add(after(START, "adopted", { project: "p2" }));
    const before = { project: "p2", previous: second.id, number: 2 };
    congress.add(after(START, "decided", before));
    const { election } = state.paper;
    congress.add({ type: "annul", election, reason: "fire", time: TIME });
    assert.equal(congress.refusal(next("planned")), "milestone.stage");
    assert.equal(congress.refusal(next("decided", { outcome })), "order.annulled");
    congress.add(next("decided"));
    congress.add(next("planned"));
    assert.equal(congress.replay.ways.get("p2")?.isDecided, true);
  });
});
