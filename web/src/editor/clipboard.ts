// Steps on the clipboard: as text that can be pasted into another flow, another tab, or an editor of files.
import { parseExact } from '../api/exact_json';
import type { Step } from './document';

const MARK = 'flowslot/steps';
const KEPT = 'flowslot:clipboard';

/** Puts steps on the system's clipboard; where that is not allowed, they can be pasted in this browser at least. */
export async function copySteps(steps: readonly Step[]): Promise<void> {
  const text = JSON.stringify({ [MARK]: steps }, null, 2);
  try {
    localStorage.setItem(KEPT, text);
  } catch {
    // a full store: the system's clipboard has it
  }
  await navigator.clipboard?.writeText(text).catch(() => undefined);
}

/** The steps on the clipboard; none when something else was copied since. */
export async function pastedSteps(): Promise<Step[]> {
  const text = await navigator.clipboard?.readText().catch(() => null);
  return stepsIn(text ?? kept());
}

export function stepsIn(text: string): Step[] {
  try {
    const found = (parseExact(text) as Record<string, unknown>)[MARK];
    return Array.isArray(found) ? found.filter(isStep) : [];
  } catch {
    return [];
  }
}

function kept(): string {
  try {
    return localStorage.getItem(KEPT) ?? '';
  } catch {
    return '';
  }
}

function isStep(value: unknown): value is Step {
  return typeof value === 'object' && value !== null && 'id' in value && 'kind' in value;
}
