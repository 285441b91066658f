/** The forms that JSON values may have, told as data; what msgspec is to the Python rooms. */

/** Tells whether a value has a form. */
export type Form<T> = (value: unknown) => value is T;

/** The type of the values of a form. */
export type Of<F> = F extends Form<infer T> ? T : never;

type Members = Readonly<Record<string, Form<unknown>>>;
type Shape<M extends Members, P extends Members> = {
  readonly [N in keyof M]: Of<M[N]>;
} & { readonly [N in keyof P]?: Of<P[N]> };

export const text: Form<string> = (value): value is string => typeof value === "string";

export const flag: Form<boolean> = (value): value is boolean => typeof value === "boolean";

/** A whole number from 0 to 2^53 - 1. */
export const count: Form<number> = (value): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** Two strings. */
export const pair: Form<readonly [string, string]> = (value): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(text);

/** A string that a pattern matches. */
export function matching(pattern: RegExp): Form<string> {
  return (value): value is string => text(value) && pattern.test(value);
}

/** One of the named strings. */
export function oneOf<T extends string>(...names: readonly T[]): Form<T> {
  return (value): value is T => names.includes(value as T);
}

/** A list of values of one form. */
export function listOf<T>(item: Form<T>): Form<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(item);
}

/** An object with any members, each of one form. */
export function mapOf<T>(item: Form<T>): Form<{ readonly [name: string]: T }> {
  return (value): value is { readonly [name: string]: T } =>
    isObject(value) && Object.values(value).every(item);
}

/** The form of an object with named members, and their names in order. */
export type ObjectForm<T> = Form<T> & { readonly names: readonly string[] };

/** An object with exactly these members, and perhaps those that are optional. */
export function shape<M extends Members, P extends Members = Record<never, never>>(
  members: M,
  optional: P = {} as P,
): ObjectForm<Shape<M, P>> {
  const forms = new Map(Object.entries({ ...members, ...optional }));
  const names = Object.keys(members);
  const hasForm = (value: unknown): value is Shape<M, P> => {
    if (!isObject(value)) {
      return false;
    }
    const entries = Object.entries(value);
    const given = new Set(entries.map(([name]) => name));
    return (
      names.every((name) => given.has(name)) &&
      entries.every(([name, member]) => forms.get(name)?.(member) ?? false)
    );
  };
  return Object.assign(hasForm, { names });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
