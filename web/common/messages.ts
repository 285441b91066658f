/** Sentences in the reader's language, from the same catalogue as the server's pages. */

import catalogues from "../generated/messages.json";

/** The languages of the pages, by the tag that stands in `<html lang>`. */
export type Language = "zh-Hans" | "en";

/** What fills the places `{name}` of a sentence. */
export type Params = Readonly<Record<string, string | number>>;

const known = catalogues as Readonly<Record<string, Readonly<Record<string, string>>>>;
let spoken: Language = "zh-Hans";

/** Take a language tag as one of ours; whatever is no Chinese is English. */
export function toLanguage(tag: string): Language {
  return /^zh\b/i.test(tag) ? "zh-Hans" : "en";
}

/** Speak a language from now on. */
export function speak(language: Language): void {
  spoken = language;
}

/** Give the language spoken now. */
export function language(): Language {
  return spoken;
}

/**
 * Say a sentence in the language spoken now.
 *
 * The English text is the sentence's name; it stands as one literal in the call, where the build
 * finds it for the catalogue.
 */
export function t(text: string, params: Params = {}): string {
  const said = known[spoken]?.[text] ?? text;
  return said.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}
