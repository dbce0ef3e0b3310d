// A new step of a kind: the keys that it must have, with values that one can go on from.
import { isObject } from '../forms/places';
import { sample } from '../forms/sample';
import type { Definition, Step } from './document';
import { freeId, idsOf } from './naming';

export type Kind = { name: string; schema?: unknown };

/** What the schema's own defaults do not say as well. */
const BEGUN: Record<string, Record<string, unknown>> = {
  set: { value: '' },
  map: { over: '=[]', to: '=item' },
  condition: { if: '=True', then: [] },
  for_each: { in: '=[]', steps: [] },
  try: { steps: [] },
  code: { inputs: {}, code: 'def main():\n    return None\n' },
  http_request: { method: 'GET', url: 'https://example.com' },
  call_flow: { flow: '', input: {} },
  wait: { for: '1m' },
  assert: { label: 'As expected', actual: '', expected: '' },
  parse_csv: { text: '' },
  stop: { status: 'success' },
};
const IDS: Record<string, string> = {
  condition: 'check',
  for_each: 'each',
  try: 'guarded',
  http_request: 'request',
  call_flow: 'call',
  assert: 'expect',
  parse_csv: 'rows',
  stop: 'done',
  set: 'value',
};

export function newStep(definition: Definition, kind: Kind): Step {
  const wanted = IDS[kind.name] ?? kind.name.replace(/[^a-z0-9_]/g, '_');
  const id = freeId(wanted, idsOf(definition));
  return { id, kind: kind.name, ...structuredClone(BEGUN[kind.name] ?? required(kind.schema)) };
}

/** What the schema of a kind that this page does not know asks for. */
function required(schema: unknown): Record<string, unknown> {
  const example = isObject(schema) ? sample(schema) : {};
  const needed = isObject(schema) && Array.isArray(schema.required) ? schema.required : [];
  const given = isObject(example) ? Object.entries(example) : [];
  return Object.fromEntries(given.filter(([key]) => key !== 'id' && key !== 'kind' && needed.includes(key)));
}
