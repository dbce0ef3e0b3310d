// Whether a document has the shape that the canvas can draw; whether it is right, the server says.
import { isObject, under } from '../forms/places';

type Why = { pointer: string; message: string };

const BRANCHES = ['then', 'else', 'steps', 'catch', 'finally'];

export function whyNoDefinition(document: unknown): Why | null {
  if (!isObject(document)) return { pointer: '', message: 'A definition has the keys flow, trigger and steps.' };
  if (!isObject(document.trigger))
    return { pointer: '/trigger', message: 'The trigger must be an object with a kind.' };
  return whyNoSteps(document.steps, '/steps', new Set());
}

export function whyNoSteps(steps: unknown, pointer: string, ids: Set<string>): Why | null {
  if (!Array.isArray(steps)) return { pointer, message: 'Steps must be a list.' };
  return first(steps, (step, index) => whyNoStep(step, under(pointer, index), ids));
}

function whyNoStep(step: unknown, pointer: string, ids: Set<string>): Why | null {
  if (!isObject(step)) return { pointer, message: 'A step must be an object with an id and a kind.' };
  const { id, kind } = step;
  if (typeof id !== 'string' || id === '') return { pointer, message: 'A step needs an id.' };
  if (typeof kind !== 'string') return { pointer, message: 'A step needs a kind.' };
  if (ids.has(id)) return { pointer, message: `Another step has the id ${id}.` };
  ids.add(id);
  const inner = first(BRANCHES, (key) => (key in step ? whyNoSteps(step[key], under(pointer, key), ids) : null));
  if (inner || !('elif' in step)) return inner;
  const at = under(pointer, 'elif');
  if (!Array.isArray(step.elif)) return { pointer: at, message: 'elif must be a list.' };
  return first(step.elif, (each, index) =>
    isObject(each)
      ? whyNoSteps(each.then, under(under(at, index), 'then'), ids)
      : { pointer: under(at, index), message: 'An elif has the keys if and then.' },
  );
}

function first<T>(items: readonly T[], why: (item: T, index: number) => Why | null): Why | null {
  for (const [index, item] of items.entries()) {
    const found = why(item, index);
    if (found) return found;
  }
  return null;
}
