/** Small records in which one thing is wrong at a time, and what the report tells of it. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { type Paper, checkBallot, makePaper } from "../ballots/ballot.js";
import { toHex, utf8 } from "../ballots/encoding.js";
import { Invalid, Malformed } from "../ballots/errors.js";
import { type Checkpoint, entryBytes, makeCheckpoint, parseCheckpoint } from "../ballots/log.js";
import { leafHash, nodesOf } from "../ballots/merkle.js";
import { type AnyObject, type Stored, store } from "../ballots/objects.js";
import { type Receipt, makeReceipt } from "../ballots/receipt.js";
import {
  CHECKPOINT,
  FilesReader,
  MOST_FILES,
  type Reader,
  VKEY,
  objectPath,
} from "../ballots/record.js";
import { CeremonyState, ElectionState, RollState } from "../ballots/states.js";
import {
  type Pace,
  Report,
  checkReceiptInRecord,
  checkRecord,
  judgeHere,
  replayRecord,
  summaryOf,
} from "../ballots/verify.js";
import { circle } from "./circle.js";
import {
  Congress,
  LOG_KEY,
  LOG_SEED,
  ORIGIN,
  TIME,
  approval,
  ballotOf,
  choose,
  credentials,
  filesOf,
  secret,
} from "./congress.js";
import { ID, electionOf, keys } from "./election.js";

type Files = ReadonlyMap<string, Uint8Array>;
const sessions = Array.from({ length: 257 }, (_, i) =>
  store({ type: "session", congress: "C", name: `S${i}`, deputies: i }),
);
const three = filesOf(sessions.slice(0, 3));
const [ENTRIES, TILE] = ["tile/entries/000.p/3", "tile/0/000.p/3"];
const head = noteOf(three);

function noteOf(files: Files): Checkpoint {
  return parseCheckpoint(new TextDecoder().decode(files.get(CHECKPOINT)));
}

function changed(files: Files, path: string, content: Uint8Array | null): Files {
  const others = [...files].filter(([name]) => name !== path);
  return new Map(content === null ? others : [...others, [path, content]]);
}

function signed(size: number, root: Uint8Array, seed = LOG_SEED): Uint8Array {
  return utf8(String(makeCheckpoint(ORIGIN, size, root, seed)));
}

function check(files: Files, pace?: Pace): Promise<Report> {
  return checkRecord(new FilesReader(files), LOG_KEY, pace);
}

/** Findings as text: `rule@entry` or `rule@where`. */
async function found(files: Files): Promise<string[]> {
  const { findings } = await check(files);
  return findings.map(({ rule, entry, where }) => `${rule}@${entry ?? where}`);
}

describe("a report", () => {
  test("takes what failed as a finding, and gives what did not", async () => {
    const report = new Report();
    assert.equal(report.isSound, true);
    const fail = (error: Error) => () => Promise.reject(error);
    assert.equal(await report.finding({}, () => 5), 5);
    assert.equal(await report.finding({ entry: 3 }, fail(new Invalid("a"))), null);
    await report.finding({ where: "file" }, fail(new Malformed("b")));
    await report.finding({ where: "file" }, fail(new Invalid("c", "elsewhere")));
    await report.finding({ entry: 4 }, fail(new Invalid("d", 0)));
    assert.deepEqual(report.findings, [
      { rule: "a", entry: 3, where: null },
      { rule: "b", entry: null, where: "file" },
      { rule: "c", entry: null, where: "elsewhere" },
      { rule: "d", entry: 4, where: 0 },
    ]);
    assert.equal(report.isSound, false);
  });

  test("is no place for a fault of the program", async () => {
    const report = new Report();
    const fail = () => Promise.reject(new TypeError("fault"));
    await assert.rejects(() => report.finding({}, fail), { message: "fault" });
    assert.deepEqual(report.findings, []);
  });

  test("of no record at all", async () => {
    const missing = { rule: "log.checkpoint", entry: null, where: CHECKPOINT };
    const report = await check(new Map());
    const nothing = { origin: "", size: 0, root: "", checked: new Map(), elections: [] };
    assert.deepEqual({ ...report }, { ...nothing, findings: [missing] });
  });

  test("counts what was checked, and takes all of it into the state", async () => {
    const [report, replay] = await replayRecord(new FilesReader(three), LOG_KEY);
    const checked = { checkpoint: 1, tile: 2, entry: 3, object: 3, session: 3 };
    const root = toHex(head.root);
    assert.deepEqual(
      { ...report },
      {
        origin: ORIGIN,
        size: 3,
        root,
        findings: [],
        checked: new Map(Object.entries(checked)),
        elections: [],
      },
    );
    assert.deepEqual(
      [...replay.seen],
      sessions.slice(0, 3).map(({ id }) => id),
    );
  });

  test("counts projects, however many milestones they have", async () => {
    const milestone = {
      type: "milestone",
      project: "p1",
      stage: "adopted",
      number: 1,
      previous: "",
      content: "00".repeat(32),
      outcome: "",
      time: TIME,
    } as const;
    const first = store(milestone);
    const rest = { ...milestone, stage: "decided", number: 2, previous: first.id } as const;
    const report = await check(filesOf([first, store(rest)]));
    assert.equal(report.checked.get("milestone"), 2);
    assert.equal(report.checked.get("project"), 1);
  });
});

describe("files", () => {
  const [tile, entries] = [three.get(TILE)!, three.get(ENTRIES)!];
  const [first] = sessions as [Stored];
  const stray = objectPath("00".repeat(32));
  const cases: [string, string, Uint8Array | null, string[]][] = [
    ["no checkpoint", CHECKPOINT, null, [`log.checkpoint@${CHECKPOINT}`]],
    ["a checkpoint in no UTF-8", CHECKPOINT, Uint8Array.of(255), [`log.checkpoint@${CHECKPOINT}`]],
    ["another root", CHECKPOINT, signed(3, secret("root")), [`log.root@${CHECKPOINT}`]],
    [
      "another signer",
      CHECKPOINT,
      signed(3, head.root, secret("other")),
      [`log.signature@${CHECKPOINT}`],
    ],
    ["no vkey", VKEY, null, []],
    ["another vkey", VKEY, utf8(`${LOG_KEY}`), [`log.vkey@${VKEY}`]],
    ["no entries", ENTRIES, null, [`log.tile@${ENTRIES}`]],
    ["entries cut", ENTRIES, entries.slice(0, -1), [`log.entry@${ENTRIES}`]],
    ["fewer entries", ENTRIES, entries.slice(0, entries.length / 3), [`log.tile@${ENTRIES}`]],
    ["no tile", TILE, null, [`log.tile@${TILE}`]],
    ["a tile cut", TILE, tile.slice(32), [`log.tile@${TILE}`]],
    ["one more", "notes.txt", utf8("hello"), ["log.file@notes.txt"]],
    ["an object more", stray, utf8("{}"), [`log.file@${stray}`]],
    ["an object less", objectPath(first.id), null, ["log.object@0"]],
    ["another object", objectPath(first.id), utf8("{}"), ["object.id@0"]],
  ];
  for (const [what, path, content, expected] of cases) {
    test(what, async () => {
      assert.deepEqual(await found(changed(three, path, content)), expected);
    });
  }

  test("have the names that the page gives them", () => {
    const named = [...filesOf(sessions.slice(0, 3)).keys()].filter((path) => path.includes("/"));
    assert.deepEqual([...three.keys()].slice(0, 2), ["checkpoint", "log.vkey"]);
    assert.equal(named.length, 5);
  });

  test("more entries than fit a tile", async () => {
    const report = await check(filesOf(sessions));
    assert.deepEqual(report.findings, []);
    assert.equal(report.checked.get("tile"), 5);
  });

  test("as many entries as there can be are looked for, but no more", async () => {
    const most = await found(new Map([[CHECKPOINT, signed(MOST_FILES, secret("root"))]]));
    assert.equal(most.length, Math.ceil(MOST_FILES / 256));
    assert.equal(most[0], "log.tile@tile/entries/000");
    const more = await check(new Map([[CHECKPOINT, signed(MOST_FILES + 1, secret("root"))]]));
    assert.deepEqual(more.findings, [{ rule: "log.size", entry: null, where: CHECKPOINT }]);
  });

  test("twice, or listed by nobody", async () => {
    const read = (path: string) => Promise.resolve(three.get(path) ?? null);
    const listing = (paths: Iterable<string> | null): Promise<Report> =>
      checkRecord({ paths: () => paths, read }, LOG_KEY);
    const twice = await listing([...three.keys(), VKEY]);
    assert.deepEqual(twice.findings, [{ rule: "log.file", entry: null, where: VKEY }]);
    assert.equal((await listing(null)).isSound, true);
  });

  test("a network that fails is no finding", async () => {
    const read = () => Promise.reject(new Error("the log answered 500"));
    const reader: Reader = { paths: () => null, read };
    await assert.rejects(() => checkRecord(reader, LOG_KEY), { message: "the log answered 500" });
  });

  test("an entry that is none, one of another type, and an object that stands twice", async () => {
    const [one, two] = sessions as [Stored, Stored];
    const none = { ...two, id: "x" };
    const other = { ...two, value: { ...two.value, type: "roll" } as AnyObject };
    assert.deepEqual((await found(filesOf([one, none]))).slice(0, 1), ["log.entry@1"]);
    assert.deepEqual(await found(filesOf([one, other])), ["log.entry@1"]);
    assert.deepEqual(await found(filesOf([one, two, one])), ["order.repeated@2"]);
  });
});

describe("ballots", () => {
  const congress = new Congress();
  const state = congress.open(approval(2, 1));
  const { election } = state.paper;
  const ballot = ballotOf(state.paper, 0, choose("p1"));
  const verdict = checkBallot(state.paper, ballot);
  congress.replay.take(ballot, verdict);
  const annul = store({ type: "annul", election, reason: "fire", time: TIME });
  const log = [...congress.objects, ballot, annul];
  const entryOf = (type: string): number => log.findIndex(({ value }) => value.type === type);

  /** Who was asked about which ballots, and what was told of it. */
  const watched = () => {
    const asked: [Paper, Stored][] = [];
    const told: (number[] | "pause")[] = [];
    const pace: Pace = {
      judge: (...question) => (asked.push(question), Promise.resolve(verdict)),
      progress: (...done) => void told.push(done),
      pause: () => Promise.resolve(void told.push("pause")),
    };
    return { asked, told, pace };
  };

  test("are judged by whoever does it, on the paper that stands before them", async () => {
    const { asked, told, pace } = watched();
    const report = await check(filesOf(log), pace);
    assert.deepEqual(report.findings, []);
    assert.deepEqual(
      asked.map(([paper, { id }]) => [paper.election, id]),
      [[election, ballot.id]],
    );
    assert.deepEqual(asked[0]![0].style, state.paper.style);
    assert.deepEqual(told, [[1, 1], "pause"]);
    const [summary] = report.elections;
    assert.deepEqual([summary!.id, summary!.ballots, summary!.stage], [election, 1, "annulled"]);
  });

  test("are found where their judge refuses them", async () => {
    const judge = () => new Invalid("ballot.bits", 1);
    const { findings } = await check(filesOf(log), { judge });
    assert.deepEqual(findings, [{ rule: "ballot.bits", entry: entryOf("ballot"), where: 1 }]);
  });

  test("are judged here where nobody else is named", async () => {
    assert.deepEqual(await found(filesOf(log)), []);
    assert.deepEqual(judgeHere(state.paper, ballot), verdict);
  });

  for (const [without, expected] of [
    ["keys", "election open ballot annul"],
    ["election", "open ballot annul"],
  ] as const) {
    test(`are judged by nobody without ${without}`, async () => {
      const { asked, told, pace } = watched();
      const left = log.filter(({ value }) => value.type !== without);
      const { findings } = await check(filesOf(left), pace);
      const faults = findings.map(({ rule, entry }) => `${rule} ${left[entry!]!.value.type}`);
      assert.deepEqual(
        faults,
        expected.split(" ").map((type) => `order.reference ${type}`),
      );
      assert.deepEqual([asked, told], [[], []]);
    });
  }

  test("are judged by nobody where the election has no paper", async () => {
    const { asked, pace } = watched();
    const at = entryOf("election");
    const manifest = approval(2, 1, { kind: "poll" });
    const poll = store({ ...state.value, manifest });
    const stray = store({ ...ballot.value, election: poll.id });
    const { findings } = await check(filesOf([...log.slice(0, at), poll, stray]), pace);
    assert.deepEqual(
      findings.map(({ rule, entry }) => [rule, entry]),
      [
        ["manifest.shape", at],
        ["order.reference", at + 1],
      ],
    );
    assert.deepEqual(asked, []);
  });
});

describe("what is told of an election", () => {
  const value = electionOf(2, 1, { round: 2, previous: ID });
  const paper = makePaper(value, keys);
  const begun = (): ElectionState => {
    const ceremony = new CeremonyState(circle, value.value.session);
    const roll = new RollState(value.value.session, new Set(credentials(0)));
    return new ElectionState(paper, value.value, ceremony, roll, 3);
  };
  const { election } = paper;
  const close = { type: "close", election, present: 3, issued: 1, ballots: 0, time: TIME } as const;
  const result = { type: "result", tally: "", trustees: [1], counts: [2, 1, 0] } as const;
  const outcome = { type: "outcome", result: "", valid: true, quorum: 2, grades: {} } as const;

  test("that has only begun", () => {
    const state = begun();
    state.challenged.add("a");
    assert.deepEqual(summaryOf(state), {
      id: election,
      title: "Projects",
      kind: "decision",
      round: 2,
      stage: "prepared",
      ballots: 0,
      challenges: 1,
      counts: [],
      outcome: null,
    });
  });

  test("that was counted", () => {
    const state = begun();
    Object.assign(state, { result, outcome });
    const summary = summaryOf(state);
    assert.deepEqual(summary.counts, [
      ["projects", "p1", 2],
      ["projects", "p2", 1],
      ["projects", "abstain", 0],
    ]);
    assert.equal(summary.outcome, outcome);
  });

  test("the last stage that it has reached", () => {
    const state = begun();
    const stages: string[] = [];
    for (const step of [
      { opening: { type: "open", election, present: 3, time: TIME } },
      { closing: close },
      { count: { id: "" } },
      { result },
      { outcome },
      { isAnnulled: true },
    ]) {
      stages.push(summaryOf(Object.assign(state, step)).stage);
    }
    assert.deepEqual(stages, ["open", "closed", "tallied", "counted", "decided", "annulled"]);
  });
});

describe("a receipt in a record", () => {
  const leaves = sessions.map(({ id, value }) => leafHash(entryBytes(id, value.type)));
  const [, second] = sessions as [Stored, Stored];
  const receiptOf = (checkpoint: Checkpoint): Receipt =>
    makeReceipt(1, entryBytes(second.id, "session"), checkpoint, nodesOf(leaves));
  const receipt = receiptOf(head);
  const refused = async (files: Files, of = receipt): Promise<string | null> => {
    try {
      await checkReceiptInRecord(of, new FilesReader(files), LOG_KEY);
      return null;
    } catch (error) {
      assert.ok(error instanceof Invalid);
      return `${error.rule}@${error.where}`;
    }
  };

  test("is there, then and later", async () => {
    assert.equal(await refused(three), null);
    assert.equal(await refused(filesOf(sessions.slice(0, 6))), null);
  });

  const path = objectPath(second.id);
  const moved = filesOf([...sessions.slice(0, 2), ...sessions.slice(3, 5)]);
  const cases: [string, Files, string][] = [
    ["no checkpoint", new Map(), `log.checkpoint@${CHECKPOINT}`],
    ["another vkey", changed(three, VKEY, utf8("x")), `log.vkey@${VKEY}`],
    ["no entries", changed(three, ENTRIES, null), `log.tile@${ENTRIES}`],
    ["a shorter record", filesOf(sessions.slice(0, 2)), `log.inclusion@${CHECKPOINT}`],
    ["another record", moved, `log.consistency@${CHECKPOINT}`],
    [
      "a record with another root",
      changed(three, CHECKPOINT, signed(3, secret("root"))),
      `log.consistency@${CHECKPOINT}`,
    ],
    ["no such object", changed(three, path, null), `log.object@${path}`],
    ["another object", changed(three, path, utf8("{}")), "object.id@undefined"],
  ];
  for (const [what, files, expected] of cases) {
    test(what, async () => {
      assert.equal(await refused(files), expected);
    });
  }

  test("a receipt of another log", async () => {
    const other = receiptOf(makeCheckpoint(ORIGIN, 3, secret("root"), LOG_SEED));
    assert.equal(await refused(three, other), `log.consistency@${CHECKPOINT}`);
  });
});
