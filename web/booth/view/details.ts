/** What the candidate list says of a project, one touch away from its title. */

import { h } from "../../common/dom.js";
import { language, t } from "../../common/messages.js";
import type { Contents } from "../state.js";

const TEN_THOUSAND = 10_000;

/** The parts of a project's description, folded until somebody asks for them. */
export function details(contents: Contents, id: string, title: string): HTMLElement | null {
  const said = contents[id] ?? {};
  const parts: readonly (readonly [string, string | undefined])[] = [
    [t("Content and scale"), said.content],
    [t("Place of the project"), said.place],
    [t("Responsible unit"), said.unit],
    [t("Total investment"), money(said.total)],
    [t("Investment this year"), money(said.yearly)],
    [t("Sources of money"), said.sources],
    [t("To be finished by"), day(said.due)],
    [t("Yearly target"), said.goal],
  ];
  const shown = parts.flatMap(([name, text]) =>
    text === undefined ? [] : [h("dt", {}, name), h("dd", {}, text)],
  );
  const unseen = h("span", { class: "unseen" }, ` ${title}`);
  return shown.length === 0
    ? null
    : h(
        "details",
        { class: "about-project" },
        h("summary", {}, t("Details"), unseen),
        h("dl", { class: "facts" }, ...shown),
      );
}

function money(yuan: string | undefined): string | undefined {
  if (yuan === undefined) {
    return undefined;
  }
  const n = (Number(yuan) / TEN_THOUSAND).toLocaleString("en-US", { maximumFractionDigits: 4 });
  return t("{n} × 10,000 yuan", { n });
}

function day(iso: string | undefined): string | undefined {
  const [year, month, date] = (iso ?? "").split("-").map(Number);
  if (iso === undefined || year === undefined || month === undefined || date === undefined) {
    return undefined;
  }
  return language() === "en" ? iso : t("{year}-{month}-{day}", { year, month, day: date });
}
