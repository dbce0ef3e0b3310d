// Inputs that a person kept for trying a flow: in this browser, by flow and name.
import { parseExact } from '../api/exact_json';
import { isObject } from '../forms/places';

export type Example = { name: string; input: unknown };

const place = (flow: string) => `flowslot:examples:${flow}`;

/** A browser that keeps nothing has no examples. */
export function keptExamples(flow: string): Example[] {
  try {
    const kept = parseExact(localStorage.getItem(place(flow)) ?? '[]');
    return Array.isArray(kept)
      ? kept.filter((each): each is Example => isObject(each) && typeof each.name === 'string')
      : [];
  } catch {
    return [];
  }
}

/** Returns what is kept from now on; a name is kept once. */
export function keepExample(flow: string, example: Example): Example[] {
  return put(flow, [...keptExamples(flow).filter((each) => each.name !== example.name), example]);
}

export function dropExample(flow: string, name: string): Example[] {
  return put(
    flow,
    keptExamples(flow).filter((each) => each.name !== name),
  );
}

function put(flow: string, examples: Example[]): Example[] {
  try {
    localStorage.setItem(place(flow), JSON.stringify(examples));
  } catch {
    // full or forbidden: then they last as long as the page
  }
  return examples;
}
