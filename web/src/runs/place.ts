// Where an error is: which record of the run it belongs to, its place in words, and the piece of text it points into.
import type { Run, StepRun } from '../editor/records';
import { keysOf, valueAt } from '../forms/places';

export type RunFailure = NonNullable<Run['error']>;
export type TextLine = { number: number; text: string; caret: number | null };

const BRANCHES = ['steps', 'then', 'else', 'catch', 'finally'];
const AROUND = 4;

/** The path of the record that the run's error is about: where several items failed, the one that ended the run. */
export function pathOfError(run: Pick<Run, 'error' | 'steps'>): string | null {
  const { error } = run;
  if (!error?.step) return null;
  const failed = run.steps.filter((record) => record.id === error.step && record.error);
  const same = failed.filter(({ error: own }) => own?.message === error.message && own.pointer === error.pointer);
  return (same[0] ?? failed.at(-1))?.path ?? null;
}

/** The keys of a pointer within its step. */
export function keysWithin(pointer: string): string[] {
  const keys = keysOf(pointer);
  const last = keys.findLastIndex((key, at) => /^\d+$/.test(key) && BRANCHES.includes(keys[at - 1] ?? ''));
  return keys.slice(last + 1);
}

/** `step post, value › total, line 1, column 5`; empty where nothing is known of the place. */
export function placeWords({ step, pointer, line, column }: RunFailure): string {
  const keys = keysWithin(pointer ?? '').join(' › ');
  return [step && `step ${step}`, keys, line && `line ${line}`, line && column && `column ${column}`]
    .filter(Boolean)
    .join(', ');
}

/** The lines of the expression or code around the place, with a caret in the one that is meant; null without such. */
export function linesAt(definition: unknown, { pointer, line, column }: RunFailure): TextLine[] | null {
  const text = pointer ? valueAt(definition, pointer) : undefined;
  if (typeof text !== 'string' || !line) return null;
  const lines = text.replace(/\n$/, '').split('\n');
  if (line > lines.length) return null;
  return lines
    .map((each, at) => ({ number: at + 1, text: each, caret: at + 1 === line && column ? column - 1 : null }))
    .slice(Math.max(0, line - 1 - AROUND), line + AROUND);
}

/** Ids of runs that a text names. */
export function runsIn(text: string): string[] {
  return [...new Set(text.match(/\brun_[0-9a-z]{26}\b/g) ?? [])];
}

/** The run that a call_flow step started, as far as it is known. */
export function calledRun(record: StepRun): string | null {
  const { output, error } = record;
  if (typeof output === 'object' && output !== null && 'run' in output && typeof output.run === 'string')
    return output.run;
  return runsIn(error?.message ?? '')[0] ?? null;
}

/** What is shown of a value that was too large to be kept whole; null for all others. */
export function cutValue(value: unknown): { bytes: number; begins: string } | null {
  if (typeof value !== 'object' || value === null || !('cut' in value) || value.cut !== true) return null;
  if (!('bytes' in value) || !('begins' in value) || Object.keys(value).length !== 3) return null;
  return { bytes: Number(value.bytes), begins: String(value.begins) };
}
