// A step just added: with what its kind requires, so that only the person's own values are missing.
import type { Step } from './document';
import { freeId } from './naming';

const BEGIN: Record<string, Record<string, unknown>> = {
  set: { value: '' },
  map: { over: '=[]', to: '=item' },
  condition: { if: '=True', then: [] },
  for_each: { in: '=[]', steps: [] },
  try: { steps: [] },
  code: { inputs: {}, code: 'def main():\n    return None\n' },
  http_request: { method: 'GET', url: 'https://' },
  call_flow: { flow: '', input: {} },
  wait: { for: '5m' },
  assert: { label: '', actual: '=None', expected: null },
  parse_csv: { text: '=""' },
  stop: { status: 'success' },
};

const IDS: Record<string, string> = { http_request: 'request', for_each: 'each', call_flow: 'call', parse_csv: 'csv' };

export function newStep(kind: string, taken: ReadonlySet<string>): Step {
  return { id: freeId(IDS[kind] ?? kind, taken), kind, ...structuredClone(BEGIN[kind] ?? {}) };
}
