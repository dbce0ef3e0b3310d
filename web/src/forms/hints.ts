// What can be written in an expression, and what its names mean: asked of the server's own checker.
import { api, must } from '../api/client';
import type { Place } from './places';

export type Hint = { label: string; kind: 'name' | 'field' | 'function' | 'method'; type: string; about: string };
export type Hints = {
  from: number;
  items: Hint[];
  hover: { from: number; to: number; text: string; type: string; about: string } | null;
  type: string | null;
};

/** Of a caret in the string at the place; null when it could not be had, since nobody waits for a hint. */
export async function askHints(
  place: Place,
  text: string,
  offset: number,
  signal?: AbortSignal,
): Promise<Hints | null> {
  const { flow, workspace, definition, pointer } = place;
  const body = { workspace, definition: definition as Record<string, unknown>, pointer, text, offset };
  try {
    return (await must(api.POST('/flows/{flow}/hints', { params: { path: { flow } }, body, signal }))) as Hints;
  } catch {
    return null;
  }
}
