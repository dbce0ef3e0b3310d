// What the canvas says of a try: steps in loops, the item looked at, the shape of a typed definition.
import { expect, test } from 'vitest';
import { blocksOf } from '../Markdown';
import { brief, iterationsOf, loopsIn, loopsOf, type Run, recordsAt, type StepRun, statesOf } from '../records';
import { whyNoDefinition } from '../shape';

function record(path: string, status = 'success', more: Partial<StepRun> = {}): StepRun {
  const id =
    path
      .split('.')
      .at(-1)
      ?.replace(/\[\d+\]$/, '') ?? path;
  return {
    id,
    path,
    kind: 'set',
    status,
    input: null,
    output: null,
    error: null,
    attempts: 1,
    started_at: null,
    ended_at: null,
    ...more,
  };
}

const records = [
  record('a'),
  record('loop[0].x'),
  record('loop[0].inner[0].y'),
  record('loop[1].x'),
  record('loop[1].inner[0].y'),
  record('loop[1].inner[1].y', 'failed'),
  record('loop'),
];

test('the path of a record names the items of the loops around it', () => {
  expect(loopsOf('loop[3].inner[0].y')).toEqual([
    ['loop', 3],
    ['inner', 0],
  ]);
  expect(loopsOf('a')).toEqual([]);
});

test('a loop is looked at where it failed, unless one looks elsewhere', () => {
  expect(iterationsOf(records, {})).toEqual({ loop: 1, inner: 1 });
  expect(iterationsOf(records, { loop: 0 })).toEqual({ loop: 0, inner: 0 });
  expect(iterationsOf(records, { loop: 7 })).toEqual({ loop: 1, inner: 1 });
});

test('the items of an inner loop are those within the item looked at', () => {
  expect(loopsIn(records, { loop: 0 }).find((loop) => loop.id === 'inner')?.items).toEqual([0]);
  expect(loopsIn(records, { loop: 1 }).find((loop) => loop.id === 'inner')).toEqual({
    id: 'inner',
    items: [0, 1],
    failed: [1],
  });
});

test('each step is shown with its record in the items looked at', () => {
  expect(recordsAt(records, { loop: 1, inner: 1 }).get('y')?.status).toBe('failed');
  expect(recordsAt(records, { loop: 0, inner: 0 }).get('y')?.path).toBe('loop[0].inner[0].y');
  expect(recordsAt(records, { loop: 0, inner: 0 }).get('a')?.path).toBe('a');
});

test('a state says how long it took and what came of it', () => {
  const times = { started_at: '2026-01-01T00:00:00.000Z', ended_at: '2026-01-01T00:00:00.250Z' };
  const steps = [record('a', 'success', { ...times, output: [1, 2] }), record('b', 'running')];
  const states = statesOf({ steps } as unknown as Run, {});
  expect(states.get('a')).toEqual({ status: 'success', ms: 250, text: '2 items' });
  expect(states.get('b')).toEqual({ status: 'running' });
  expect(brief({ a: 1, b: 2, c: 3, d: 4 })).toBe('{a, b, c, …}');
});

test.each([
  [[], '', 'keys'],
  [{ trigger: {}, steps: {} }, '/steps', 'list'],
  [{ trigger: {}, steps: [{ id: 'a' }] }, '/steps/0', 'kind'],
  [{ trigger: {}, steps: [{ id: 'a', kind: 'try', steps: [{ kind: 'set' }] }] }, '/steps/0/steps/0', 'id'],
  [
    JSON.parse('{"trigger":{},"steps":[{"id":"a","kind":"x","elif":[{"then":[{"id":"a","kind":"x"}]}]}]}'),
    '/steps/0/elif/0/then/0',
    'Another',
  ],
])('%j cannot be drawn', (document, pointer, word) => {
  const why = whyNoDefinition(document);
  expect(why?.pointer).toBe(pointer);
  expect(why?.message).toContain(word);
});

test('a definition with the shape of one can be drawn, however wrong it is', () => {
  expect(whyNoDefinition({ trigger: { kind: 'moon' }, steps: [{ id: 'A!', kind: 'x', else: [] }] })).toBeNull();
});

test('reference texts are cut into blocks', () => {
  expect(blocksOf('One\ntwo.\n\n- a\n  b\n- c\n\n```yaml\nx: 1\n\ny: 2\n```\n# End')).toEqual([
    { is: 'paragraph', text: 'One two.' },
    { is: 'list', items: ['a b', 'c'], ordered: false },
    { is: 'code', text: 'x: 1\n\ny: 2' },
    { is: 'heading', text: 'End' },
  ]);
});
