// Ids of steps: new ones that nothing else has, and renaming with every expression that names the step.
import type { Definition, Step } from './document';
import { entries, listsOf, TRIGGER } from './tree';

const RESERVED = new Set([TRIGGER, 'config', 'steps', 'item', 'index', 'run', 'error']);

export function idsOf(definition: Definition): Set<string> {
  return new Set(entries(definition).map((entry) => entry.step.id));
}

/** The wanted id, or the first of `wanted_2`, `wanted_3` … that is free. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  const base = wanted.replace(/_\d+$/, '');
  if (!taken.has(wanted) && !RESERVED.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${base}_${number}`)) return `${base}_${number}`;
}

/** Copies with ids of their own; what they say of one another follows, what they say of other steps stays. */
export function withFreeIds(steps: readonly Step[], taken: ReadonlySet<string>): Step[] {
  const all = new Set(taken);
  const names = new Map<string, string>();
  const name = (step: Step) => {
    const id = freeId(step.id, all);
    all.add(id);
    if (id !== step.id) names.set(step.id, id);
    for (const list of listsOf(step)) list.steps.forEach(name);
  };
  steps.forEach(name);
  return names.size === 0 ? [...steps] : (steps.map((step) => renamed(step, names)) as Step[]);
}

/** Gives a step another id, in all expressions too. The same document when the id is taken or unfit. */
export function rename(definition: Definition, id: string, to: string): Definition {
  if (id === to || !/^[a-z][a-z0-9_]{0,99}$/.test(to) || RESERVED.has(to) || idsOf(definition).has(to))
    return definition;
  return renamed(definition, new Map([[id, to]])) as Definition;
}

function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return inText(value, names);
  if (Array.isArray(value)) {
    const next = value.map((each) => renamed(each, names));
    return next.some((each, at) => each !== value[at]) ? next : value;
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  let touched = false;
  const next: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    const isId = key === 'id' && typeof each === 'string' && 'kind' in value;
    next[key] = isId ? (names.get(each) ?? each) : renamed(each, names);
    if (next[key] !== each) touched = true;
  }
  return touched ? next : value;
}

/** `steps.old` and `steps["old"]` in an expression or template. */
function inText(text: string, names: ReadonlyMap<string, string>): string {
  if (!text.startsWith('=') && !text.includes('{{')) return text;
  return text.replace(/\bsteps(\.|\[\s*["'])([a-z][a-z0-9_]*)/g, (whole, joint: string, id: string) => {
    const to = names.get(id);
    return to === undefined ? whole : `steps${joint}${to}`;
  });
}
