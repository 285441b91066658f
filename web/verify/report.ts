/** A report on a record as a part of a page: the words of the command, with titles and links. */

import { h } from "../common/dom.js";
import { t } from "../common/messages.js";
import type { CountRow, Done, ElectionReport } from "./messages.js";

/** The words that the command says, in the page's language, and the address of the icons. */
export interface Words {
  readonly rules: Readonly<Record<string, string>>;
  readonly report: Readonly<Record<string, string>>;
  readonly icons: string;
}

const MOST_SHOWN = 100;

/** Show a report. */
export function reportView(report: Done, words: Words, slug: string): HTMLElement {
  const { report: say } = words;
  return h(
    "div",
    {},
    verdict(report, words),
    findings(report, words, slug),
    h(
      "dl",
      { class: "facts" },
      ...fact(say["log"]!, report.origin),
      ...fact(say["size"]!, String(report.size)),
      ...fact(say["root"]!, report.root),
    ),
    ...report.elections.map((election) => electionView(election, say, slug)),
    h("h3", {}, say["checked"]!),
    h("ul", { class: "checked" }, ...covered(report, say)),
  );
}

function fact(name: string, value: string): HTMLElement[] {
  return [h("dt", {}, name), h("dd", {}, value)];
}

function icon(name: string, { icons }: Words): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

function verdict(report: Done, words: Words): HTMLElement {
  const text = report.isSound
    ? words.report["sound"]!
    : words.report["findings"]!.replace("{0}", String(report.findings.length));
  const mark = icon(report.isSound ? "circle-check" : "circle-x", words);
  const kind = report.isSound ? "verdict holds" : "verdict fails";
  return h("div", { class: kind }, h("p", { class: "verdict-word" }, mark, text));
}

function findings(report: Done, words: Words, slug: string): HTMLElement | null {
  if (report.findings.length === 0) {
    return null;
  }
  const { rules, report: say } = words;
  const more = report.findings.length - MOST_SHOWN;
  const items = report.findings.slice(0, MOST_SHOWN).map(({ rule, entry, where }) =>
    h(
      "li",
      {},
      entry === null ? null : entryLink(entry, say, slug),
      where === null ? null : h("code", {}, String(where)),
      h("span", {}, rules[rule] ?? rule),
      h("code", {}, rule),
    ),
  );
  return h(
    "div",
    {},
    h("ol", { class: "findings" }, ...items),
    more > 0 ? h("p", {}, say["more"]!.replace("{0}", String(more))) : null,
  );
}

function entryLink(entry: number, say: Words["report"], slug: string): HTMLElement {
  return h("a", { href: `/c/${slug}/log/${entry}` }, say["entry"]!.replace("{0}", String(entry)));
}

function covered(report: Done, say: Words["report"]): HTMLElement[] {
  return report.checked.map(([kind, count]) =>
    h("li", {}, h("span", { class: "number" }, count), say[`checked.${kind}`] ?? kind),
  );
}

function electionView(
  election: ElectionReport,
  say: Words["report"],
  slug: string,
): HTMLElement {
  const { outcome } = election;
  return h(
    "section",
    { class: "card" },
    h("h3", {}, h("a", { href: `/c/${slug}/votes/${election.id}` }, election.title)),
    h(
      "dl",
      { class: "facts" },
      ...fact(t("Round"), String(election.round)),
      ...fact(t("State"), say[election.stage] ?? election.stage),
      ...fact(say["ballots"]!, String(election.ballots)),
      ...fact(say["challenges"]!, String(election.challenges)),
      ...(outcome !== null && "required" in outcome
        ? fact(say["required"]!, String(outcome.required))
        : []),
    ),
    outcome?.valid === false ? h("p", {}, say["void"]!) : null,
    election.counts.length === 0 ? null : countTable(election, say),
  );
}

function countTable(election: ElectionReport, say: Words["report"]): HTMLElement {
  return h(
    "div",
    { class: "table counts", role: "region", tabindex: "0", "aria-label": t("Counts") },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, t("Project")),
          h("th", { scope: "col", class: "is-number" }, t("Votes")),
          h("th", { scope: "col" }, t("Outcome")),
        ),
      ),
      h(
        "tbody",
        {},
        ...election.counts.map((row) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, nameOf(row)),
            h("td", { class: "is-number" }, row.count),
            h("td", {}, standing(row, election, say)),
          ),
        ),
      ),
    ),
  );
}

function nameOf(row: CountRow): string {
  if (row.isAbstain) {
    return row.isWhole
      ? t("Abstained from the whole list")
      : t("{title}: abstained", { title: row.title });
  }
  return row.option === null
    ? row.title
    : t("{title}: {option}", { title: row.title, option: row.option });
}

/** Say what became of a project, at the count that its fate hangs on. */
function standing(row: CountRow, { outcome }: ElectionReport, say: Words["report"]): string {
  if (outcome === null || !row.isMain) {
    return "";
  }
  if ("grades" in outcome) {
    return GRADES[outcome.grades[row.project] ?? ""]?.() ?? "";
  }
  const named = (["elected", "tied", "not_elected"] as const).find((list) =>
    outcome[list].includes(row.project),
  );
  return named === undefined ? "" : say[named]!;
}

const GRADES: Readonly<Record<string, () => string>> = {
  satisfied: () => t("Satisfied"),
  basic: () => t("Basically satisfied"),
  dissatisfied: () => t("Dissatisfied"),
};
