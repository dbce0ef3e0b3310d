// Keys of which a schema allows one choice: `url`, or `connection` with `path`; a JSON body, a form or a text.
import { isObject, type JsonObject } from './places';

export type Choice = {
  /** Each alternative with the keys that belong to it. */
  alternatives: string[][];
  /** Whether one must be chosen. */
  required: boolean;
};

export function choicesOf(schema: JsonObject): Choice[] {
  const choices: Choice[] = [];
  const needed = requiredLists(schema.oneOf);
  if (needed.length > 1 && needed.length === list(schema.oneOf).length)
    choices.push({ alternatives: needed.map((keys) => [...keys, ...dependents(schema, keys)]), required: true });
  const pairs = list(schema.allOf).flatMap((each) => (isObject(each) ? requiredLists([each.not]) : []));
  choices.push(...cliques(pairs.filter((pair) => pair.length === 2)));
  return choices;
}

/** The alternative that the value has chosen: the one of most keys present; none when nothing is. */
export function chosen(choice: Choice, value: JsonObject): number | null {
  const counts = choice.alternatives.map((keys) => keys.filter((key) => Object.hasOwn(value, key)).length);
  const most = Math.max(...counts);
  return most > 0 ? counts.indexOf(most) : null;
}

/** Keys that are present although another alternative is chosen: kept and shown, since nothing may be lost. */
export function astray(choice: Choice, value: JsonObject): string[] {
  const at = chosen(choice, value);
  return choice.alternatives.flatMap((keys, index) =>
    index === at ? [] : keys.filter((key) => Object.hasOwn(value, key)),
  );
}

function requiredLists(given: unknown): string[][] {
  return list(given)
    .map((each) => (isObject(each) ? (list(each.required) as string[]) : []))
    .filter((keys) => keys.length > 0);
}

function dependents(schema: JsonObject, keys: string[]): string[] {
  const needs = isObject(schema.dependentRequired) ? schema.dependentRequired : {};
  return Object.keys(needs).filter((key) => list(needs[key]).some((need) => keys.includes(need as string)));
}

/** Groups of keys each pair of which excludes one another. */
function cliques(pairs: string[][]): Choice[] {
  const excluded = new Set(pairs.map((pair) => [...pair].sort().join('\n')));
  const left = new Set(pairs.flat());
  const found: Choice[] = [];
  for (const key of left) {
    const group = [key];
    for (const other of left)
      if (!group.includes(other) && group.every((each) => excluded.has([each, other].sort().join('\n'))))
        group.push(other);
    for (const each of group) left.delete(each);
    if (group.length > 1) found.push({ alternatives: group.map((each) => [each]), required: false });
  }
  return found;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
