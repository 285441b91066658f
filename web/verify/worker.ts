/** Checks a whole record away from the page, so that the page stays alive. */

import { BallotError } from "../ballots/errors.js";
import { parseVerifierKey } from "../ballots/log.js";
import { ABSTAIN, FOR, GRADES } from "../ballots/manifest.js";
import { parseObject } from "../ballots/objects.js";
import { type Reader, ZipReader, objectPath } from "../ballots/record.js";
import { type ElectionSummary, type Report, checkRecord } from "../ballots/verify.js";
import type { Answer, CountRow, Done, ElectionReport, Task } from "./messages.js";

const worker = self as unknown as DedicatedWorkerGlobalScope;
const LEAST_PAUSE = 100;

worker.addEventListener("message", (event: MessageEvent<Task>) => {
  void judge(event.data).then(answer);
});

function answer(message: Answer): void {
  worker.postMessage(message);
}

async function judge({ zip, vkey }: Task): Promise<Answer> {
  try {
    const reader = new ZipReader(new Uint8Array(zip));
    const report = await checkRecord(reader, parseVerifierKey(vkey), { progress: inTime() });
    return await done(reader, report);
  } catch (error) {
    if (error instanceof BallotError) {
      return { kind: "broken", rule: error.rule };
    }
    throw error;
  }
}

/** Tell progress ten times a second, and its end. */
function inTime(): (done: number, all: number) => void {
  let last = 0;
  return (done, all) => {
    if (Date.now() - last >= LEAST_PAUSE || done === all) {
      last = Date.now();
      answer({ kind: "progress", done, all });
    }
  };
}

async function done(reader: Reader, report: Report): Promise<Done> {
  return {
    kind: "done",
    isSound: report.isSound,
    origin: report.origin,
    size: report.size,
    root: report.root,
    checked: [...report.checked],
    findings: report.findings,
    elections: await Promise.all(report.elections.map((summary) => named(reader, summary))),
  };
}

/** Put the titles of the manifest beside the counts. */
async function named(reader: Reader, summary: ElectionSummary): Promise<ElectionReport> {
  const raw = await reader.read(objectPath(summary.id));
  const value = raw === null ? null : parseObject(raw).value;
  const questions = value?.type === "election" ? value.manifest.questions : [];
  const counts = summary.counts.map(([questionId, optionId, count]): CountRow => {
    const question = questions.find(({ id }) => id === questionId);
    const option = question?.options.find(({ id }) => id === optionId)?.title ?? optionId;
    const isAbstain = optionId === ABSTAIN;
    const isMain = optionId === FOR || optionId === GRADES[0];
    const isApart = question?.options.some(({ id }) => id === FOR) || summary.kind === "rating";
    const isWhole = isAbstain && !isApart;
    const kind = { isAbstain, isWhole, count };
    return isApart || isAbstain
      ? { project: questionId, title: question?.title ?? questionId, option, isMain, ...kind }
      : { project: optionId, title: option, option: null, isMain: true, ...kind };
  });
  return { ...summary, counts };
}
