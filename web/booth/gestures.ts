/** What touches and keys mean: elements that name an act by `data-do` become the machine's events. */

import type { Reading, Event, State } from "./state.js";

/** A card's code without its hyphens. */
export const CODE_LENGTH = 28;
const LONGEST = 40;
const GROUP = 4;
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MEANT: Readonly<Record<string, string>> = { I: "1", L: "1", O: "0" };
const SIZES: readonly Reading["size"][] = ["normal", "large", "largest"];

/** Acts whose event says nothing more than its name. */
const PLAIN = [
  "abstainRest",
  "review",
  "back",
  "seal",
  "cast",
  "explain",
  "publish",
  "again",
  "stay",
  "done",
] as const;

/**
 * Take a code as people type it: upper case, with letters that look like digits taken as these.
 *
 * No regular expression may see a code: the browser holds on to the last text that one was run on.
 */
export function cleaned(typed: string): string {
  return [...typed.toUpperCase()]
    .filter((letter) => LETTERS.includes(letter))
    .map((letter) => MEANT[letter] ?? letter)
    .join("")
    .slice(0, LONGEST);
}

/** Show what was typed in groups of four, as the card does. */
export function grouped(typed: string): string {
  const groups = Array.from({ length: Math.ceil(typed.length / GROUP) }, (_, i) =>
    typed.slice(GROUP * i, GROUP * (i + 1)),
  );
  return groups.join("-");
}

/** Give the events of a touch on an element; none where it does something outside the machine. */
export function eventsOf(act: string, data: DOMStringMap, state: State): Event[] {
  const plain = PLAIN.find((name) => name === act);
  if (plain !== undefined) {
    return [{ do: plain }];
  }
  switch (act) {
    case "enter":
      return [{ do: "enter", entry: data.entry as "none" | "scan" | "type" }];
    case "letter":
    case "erase":
    case "submit":
      return typing(act, data.letter ?? "", state);
    case "leave":
    case "about":
      return [{ do: "ask", about: act }];
    default:
      return reading(act, state.reading);
  }
}

function typing(act: string, letter: string, { step }: State): Event[] {
  if (step.at !== "idle") {
    return [];
  }
  const typed = act === "erase" ? step.typed.slice(0, -1) : cleaned(step.typed + letter);
  if (act === "submit") {
    return typed === "" ? [] : [{ do: "check", code: typed }];
  }
  const events: Event[] = [{ do: "type", typed }];
  const isWhole = act === "letter" && typed.length === CODE_LENGTH;
  return isWhole ? [...events, { do: "check", code: typed }] : events;
}

function reading(act: string, now: Reading): Event[] {
  switch (act) {
    case "size": {
      const next = SIZES[(SIZES.indexOf(now.size) + 1) % SIZES.length] ?? "normal";
      return [{ do: "read", reading: { size: next } }];
    }
    case "contrast":
      return [{ do: "read", reading: { isContrasting: !now.isContrasting } }];
    case "language":
      return [{ do: "read", reading: { language: now.language === "en" ? "zh-Hans" : "en" } }];
    default:
      return [];
  }
}

/** Give the events of a key that is pressed while a card is awaited, as code readers press them. */
export function keyEvents(key: string, { step }: State): Event[] {
  if (step.at !== "idle" || (key.length > 1 && key !== "Enter")) {
    return [];
  }
  if (key === "Enter") {
    return step.typed === "" ? [] : [{ do: "check", code: step.typed }];
  }
  const letter = cleaned(key);
  return letter === "" ? [] : [{ do: "type", typed: cleaned(step.typed + letter) }];
}
