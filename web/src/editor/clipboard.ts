// Steps on the clipboard, as JSON text that any flow can take; kept in this browser too, where the system's is forbidden.
import { parseExact } from '../api/exact_json';
import { isObject } from '../forms/places';
import type { Definition, Step } from './document';
import { whyNoSteps } from './shape';
import { entryOf } from './tree';

const KEPT = 'flowslot:copied';

export function textOf(steps: readonly Step[]): string {
  return JSON.stringify({ flowslot: 'steps', steps }, null, 2);
}

/** The steps in a text that was copied from a flow; null for every other text. */
export function stepsIn(text: string): Step[] | null {
  if (!text.includes('flowslot')) return null;
  try {
    const found = parseExact(text);
    if (!isObject(found) || found.flowslot !== 'steps' || whyNoSteps(found.steps, '', new Set())) return null;
    return (found.steps as Step[]).length > 0 ? (found.steps as Step[]) : null;
  } catch {
    return null;
  }
}

/** Copies a step: the text for the system's clipboard, kept here too; null when there is no such step. */
export function copied(definition: Definition, id: string): string | null {
  const step = entryOf(definition, id)?.step;
  if (!step) return null;
  const text = textOf([step]);
  keep(text);
  return text;
}

function keep(text: string): void {
  try {
    localStorage.setItem(KEPT, text);
  } catch {
    // full or forbidden: the system's clipboard has it
  }
}

/** The steps of the text that is pasted, else those copied last in this browser. */
export function stepsToPaste(text: string): Step[] | null {
  const pasted = stepsIn(text);
  if (pasted) return pasted;
  try {
    return stepsIn(localStorage.getItem(KEPT) ?? '');
  } catch {
    return null;
  }
}
