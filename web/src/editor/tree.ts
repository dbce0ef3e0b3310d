// Steps as a tree: where each stands, and every edit of it. Documents never change; untouched steps stay the same objects.
import type { Definition, Step } from './document';

/** The trigger's id on the canvas: no step can be called so. */
export const TRIGGER = 'trigger';

/** A list of steps below a step, by its path there, such as `then` or `elif/0/then`. */
export type List = { key: string; label: string; steps: readonly Step[] };

/** Where a step can be put: into a list (`''` is the flow's own, else `<step>/<key>`), after a step of it or first. */
export type Place = { list: string; after: string | null };
export const placeKey = (place: Place) => `${place.list}|${place.after ?? ''}`;

export type Entry = { step: Step; list: string; index: number; pointer: string; depth: number; parent: Step | null };

type Elif = { if?: unknown; then?: Step[] };

const OPTIONAL = /^(else|catch|finally)$/;

/** What a step holds is looked up once: steps never change. */
const known = new WeakMap<Step, readonly List[]>();

/** The lists of a step that has such, also those that are not there yet; none for all other kinds. */
export function listsOf(step: Step): readonly List[] {
  if (!HOLDERS.has(step.kind)) return NO_LISTS;
  let lists = known.get(step);
  if (!lists) {
    lists = listsIn(step);
    known.set(step, lists);
  }
  return lists;
}
const HOLDERS = new Set(['condition', 'for_each', 'try']);
const NO_LISTS: readonly List[] = [];

function listsIn(step: Step): readonly List[] {
  const list = (key: string, label: string): List => ({ key, label, steps: stepsIn(step[key]) });
  if (step.kind === 'condition') {
    const elifs = Array.isArray(step.elif) ? (step.elif as Elif[]) : [];
    const others = elifs.map((each, at) => ({
      key: `elif/${at}/then`,
      label: `Else if ${short(each?.if)}`,
      steps: stepsIn(each?.then),
    }));
    return [list('then', `If ${short(step.if)}`), ...others, list('else', 'Else')];
  }
  if (step.kind === 'for_each') return [list('steps', 'Each item')];
  return [list('steps', 'Try'), list('catch', 'On error'), list('finally', 'Finally')];
}

function stepsIn(value: unknown): readonly Step[] {
  return Array.isArray(value) ? (value as Step[]) : NONE;
}
const NONE: readonly Step[] = [];

function short(value: unknown): string {
  const text = typeof value === 'string' ? value.replace(/^=\s*/, '') : value === undefined ? '…' : String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The step with another list at the key. What was optional and is empty now is left out. */
function withList(step: Step, key: string, steps: readonly Step[]): Step {
  const [first, at] = key.split('/');
  if (first === 'elif') {
    const elif = (step.elif as Elif[]).map((each, index) => (index === Number(at) ? { ...each, then: steps } : each));
    return { ...step, elif };
  }
  if (steps.length === 0 && OPTIONAL.test(key)) {
    const { [key]: _, ...rest } = step;
    return rest as Step;
  }
  return { ...step, [key]: steps };
}

/** Every step in reading order. */
export function entries(definition: Definition): Entry[] {
  const found: Entry[] = [];
  const walk = (steps: readonly Step[], list: string, pointer: string, depth: number, parent: Step | null) => {
    for (const [index, step] of steps.entries()) {
      const here = `${pointer}/${index}`;
      found.push({ step, list, index, pointer: here, depth, parent });
      for (const { key, steps: inner } of listsOf(step))
        walk(inner, `${step.id}/${key}`, `${here}/${key}`, depth + 1, step);
    }
  };
  walk(definition.steps, '', '/steps', 0, null);
  return found;
}

export function entryOf(definition: Definition, id: string): Entry | undefined {
  return entries(definition).find((entry) => entry.step.id === id);
}

export function pointerOf(definition: Definition, id: string): string | null {
  return id === TRIGGER ? '/trigger' : (entryOf(definition, id)?.pointer ?? null);
}

export function stepAt(definition: Definition, pointer: string): Step | null {
  return entries(definition).find((entry) => entry.pointer === pointer)?.step ?? null;
}

/** The innermost step that a place of the definition belongs to, and the rest of the way; null for what is in none. */
export function stepOfPointer(definition: Definition, pointer: string): { id: string; rest: string } | null {
  let best: Entry | null = null;
  for (const entry of entries(definition)) {
    const inside = pointer === entry.pointer || pointer.startsWith(`${entry.pointer}/`);
    if (inside && (!best || entry.pointer.length > best.pointer.length)) best = entry;
  }
  return best && { id: best.step.id, rest: pointer.slice(best.pointer.length) };
}

/** Rebuilds only the way to a list that changes. */
function changeLists(
  steps: readonly Step[],
  list: string,
  change: (steps: readonly Step[], list: string) => readonly Step[],
): readonly Step[] {
  let touched = false;
  const next = steps.map((step) => {
    let result = step;
    for (const { key, steps: inner } of listsOf(step)) {
      const changed = changeLists(inner, `${step.id}/${key}`, change);
      if (changed !== inner) result = withList(result, key, changed);
    }
    if (result !== step) touched = true;
    return result;
  });
  return change(touched ? next : steps, list);
}

function changed(
  definition: Definition,
  change: (steps: readonly Step[], list: string) => readonly Step[],
): Definition {
  const steps = changeLists(definition.steps, '', change);
  return steps === definition.steps ? definition : { ...definition, steps: steps as Step[] };
}

export function insert(definition: Definition, place: Place, ...steps: Step[]): Definition {
  return changed(definition, (there, list) => {
    if (list !== place.list) return there;
    const at = place.after === null ? 0 : there.findIndex((step) => step.id === place.after) + 1;
    return [...there.slice(0, at), ...steps, ...there.slice(at)];
  });
}

export function remove(definition: Definition, id: string): Definition {
  return changed(definition, (there) =>
    there.some((step) => step.id === id) ? there.filter((step) => step.id !== id) : there,
  );
}

export function replace(definition: Definition, id: string, next: Step): Definition {
  return changed(definition, (there) =>
    there.some((step) => step.id === id) ? there.map((step) => (step.id === id ? next : step)) : there,
  );
}

/** Whether a list or step lies in a step, or is it. */
export function contains(step: Step, listOrStep: string): boolean {
  if (step.id === listOrStep) return true;
  return listsOf(step).some(
    ({ key, steps }) => `${step.id}/${key}` === listOrStep || steps.some((each) => contains(each, listOrStep)),
  );
}

/** Puts a step elsewhere; nothing happens where it would land in itself. */
export function move(definition: Definition, id: string, place: Place): Definition {
  const step = entryOf(definition, id)?.step;
  if (!step || place.after === id || (place.list && contains(step, place.list))) return definition;
  return insert(remove(definition, id), place, step);
}

/** Swaps a step with the one before or after it in its list. */
export function nudge(definition: Definition, id: string, by: -1 | 1): Definition {
  const all = entries(definition);
  const me = all.find((entry) => entry.step.id === id);
  if (!me) return definition;
  const siblings = all.filter((entry) => entry.list === me.list);
  const over = siblings[me.index + by];
  if (!over) return definition;
  const after = by > 0 ? over.step.id : (siblings[me.index - 2]?.step.id ?? null);
  return move(definition, id, { list: me.list, after });
}

/** Where a new step goes while one is selected: after it, or before it where it ends the run; last where none is. */
export function placeAfter(definition: Definition, selected: string | null): Place {
  if (selected === TRIGGER) return { list: '', after: null };
  const entry = selected === null ? undefined : entryOf(definition, selected);
  const list = entry ? siblings(definition, entry) : definition.steps;
  const at = entry ? entry.index : list.length - 1;
  const after = list[at]?.kind === 'stop' ? list[at - 1] : list[at];
  return { list: entry?.list ?? '', after: after?.id ?? null };
}

function siblings(definition: Definition, { list }: Entry): Step[] {
  return entries(definition).flatMap((each) => (each.list === list ? [each.step] : []));
}

/** How many steps lie in a step. */
export function countInside(step: Step): number {
  return listsOf(step).reduce((sum, list) => list.steps.reduce((n, each) => n + 1 + countInside(each), sum), 0);
}

/** Puts a step into a new step that holds it: its first list begins with it. */
export function wrap(definition: Definition, id: string, around: Step): Definition {
  const step = entryOf(definition, id)?.step;
  const key = listsOf(around)[0]?.key;
  return step && key ? replace(definition, id, withList(around, key, [step])) : definition;
}

/** Which step is selected once this one is gone: the next in its list, else the one before, else what it lay in. */
export function neighbour(definition: Definition, id: string): string {
  const me = entryOf(definition, id);
  if (!me) return TRIGGER;
  const beside = siblings(definition, me);
  return (beside[me.index + 1] ?? beside[me.index - 1])?.id ?? me.parent?.id ?? TRIGGER;
}

/** Where a new step can go while one is selected: after it, or first in one of its lists. */
export function placesAt(definition: Definition, selected: string | null): { label: string; place: Place }[] {
  const entry = selected === null ? undefined : entryOf(definition, selected);
  const place = placeAfter(definition, selected);
  if (!entry) return [{ label: place.after === null ? 'First' : 'Last', place }];
  const { step } = entry;
  const within = listsOf(step).map(({ key, label }) => ({
    label: `First in: ${label}`,
    place: { list: `${step.id}/${key}`, after: null },
  }));
  return [{ label: `${step.kind === 'stop' ? 'Before' : 'After'} ${step.name || step.id}`, place }, ...within];
}
