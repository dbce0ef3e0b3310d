// The API's comparison as one list, in the order of the flow: each changed step once, then what is around the steps.
import type { S } from '../api/client';

export type Mark = 'added' | 'removed' | 'moved' | 'changed';
export type Diff = S['DiffAnswer'];
type Key = S['StepKeyAnswer'];
type Value = S['ChangeAnswer'];

/** One key before and after. */
export type Field = { path: string; mark: 'added' | 'removed' | 'changed'; from: unknown; to: unknown };
export type Change = {
  key: string;
  /** The step's id; null for what stands around the steps. */
  step: string | null;
  mark: Mark;
  title: string;
  detail: string;
  fields: Field[];
  move?: { from: string; to: string };
  /** Where the step stands, in the version that has it, when the other has not. */
  pointer?: string;
};

export const SIGNS: Record<Mark, string> = { added: '+', removed: '−', moved: '↕', changed: '~' };

export function listed(diff: Diff): Change[] {
  return [
    ...around('trigger', 'Trigger', diff.trigger),
    ...ofSteps(diff),
    ...around('config', 'Configuration', diff.config),
    ...around('connections', 'Connections', diff.connections),
  ];
}

function ofSteps({ steps }: Diff): Change[] {
  const found = new Map<string, Change>();
  const put = (id: string, mark: Mark, detail: string): Change => {
    const there = found.get(id) ?? { key: `step ${id}`, step: id, mark, title: id, detail: '', fields: [] };
    there.detail = [there.detail, detail].filter(Boolean).join(', ');
    found.set(id, there);
    return there;
  };
  for (const step of steps.added) put(step.id, 'added', step.name ?? step.kind ?? '').pointer = step.pointer;
  for (const { from, to } of steps.renamed) put(to, 'changed', `was ${from}`);
  for (const each of steps.changed) put(each.id, 'changed', '').fields.push(fieldOf(each));
  for (const { id, from, to } of steps.moved) put(id, 'moved', found.has(id) ? 'moved' : '').move = { from, to };
  for (const step of steps.removed) put(step.id, 'removed', step.name ?? step.kind ?? '').pointer = step.pointer;
  for (const change of found.values())
    if (change.fields.length > 0) change.detail = [change.detail, keysOf(change.fields)].filter(Boolean).join(', ');
  return [...found.values()];
}

function around(key: string, title: string, changes: readonly Value[]): Change[] {
  if (changes.length === 0) return [];
  const fields = changes.map(({ path, change, from, to }) => ({ path: dotted(path), mark: change, from, to }));
  const only = fields.every((field) => field.mark === fields[0]?.mark) && fields.some((field) => field.path === '');
  const step = key === 'trigger' ? 'trigger' : null;
  return [{ key, step, mark: only && fields[0] ? fields[0].mark : 'changed', title, detail: keysOf(fields), fields }];
}

function fieldOf({ key, path, change, from, to }: Key): Field {
  const whole = path.startsWith('/') ? path.slice(1) : path;
  return { path: dotted(key && !whole.startsWith(key) ? `${key}/${whole}` : whole), mark: change, from, to };
}

/** A JSON pointer as one reads it: `json/items/0` as json.items.0 */
function dotted(pointer: string): string {
  return pointer
    .split('/')
    .filter(Boolean)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

function keysOf(fields: readonly Field[]): string {
  const names = [...new Set(fields.map((field) => field.path || 'all of it'))];
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/** What stands at a JSON pointer. */
export function valueAt(document: unknown, pointer: string): unknown {
  let found = document;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return found;
}

/** A step's place in words: "place 3 of then in check". */
export function placeWords(document: unknown, pointer: string): string {
  const parts = pointer.split('/');
  const place = `place ${Number(parts.at(-1)) + 1}`;
  if (parts.length <= 3) return `${place} of the flow`;
  for (let end = parts.length - 2; end > 1; end--) {
    const above = valueAt(document, parts.slice(0, end).join('/')) as { id?: unknown } | undefined;
    if (typeof above?.id === 'string') return `${place} of ${parts.slice(end, -1).join(' ')} in ${above.id}`;
  }
  return pointer;
}

/** The marks of the canvas: what is on the newer side. */
export function marksOf(changes: readonly Change[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { step, mark } of changes) if (step !== null && mark !== 'removed') marks.set(step, mark);
  return marks;
}
