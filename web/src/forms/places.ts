// Where a field's value stands: JSON pointers, and what a form has to know of the definition around it.
import type { FieldProblem } from '../api/problem';

export type Json = unknown;
export type JsonObject = { [key: string]: unknown };

/** A definition and the place in it that a form edits; with it, values may be expressions. */
export type Place = { flow: string; workspace: string; definition: unknown; pointer: string };

/** A problem at a place, or only its message. */
export type Told = Pick<FieldProblem, 'message'> & { line?: number | null; column?: number | null };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRaw(value);
}

function isRaw(value: object): boolean {
  return (JSON as { isRawJSON?: (value: unknown) => boolean }).isRawJSON?.(value) ?? false;
}

/** The pointer of what stands under a key or at an index. */
export function under(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The keys of a pointer, from the outermost. */
export function keysOf(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What stands at a pointer; undefined where nothing does. */
export function valueAt(document: unknown, pointer: string): unknown {
  let at = document;
  for (const key of keysOf(pointer)) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isObject(at) && Object.hasOwn(at, key)) at = at[key];
    else return undefined;
  }
  return at;
}

/** The object with a key set, in its place; with undefined, without the key. */
export function withKey(object: JsonObject, key: string, value: unknown): JsonObject {
  if (value === undefined) return Object.fromEntries(Object.entries(object).filter(([each]) => each !== key));
  return { ...object, [key]: value };
}
