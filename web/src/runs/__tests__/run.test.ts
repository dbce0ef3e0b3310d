// The page of a run: items of loops from paths, the place of an error in its text, why a step did not run.
import { expect, test } from 'vitest';
import type { Definition } from '../../editor/document';
import { type Run, recordsAt, type StepRun } from '../../editor/records';
import { idOfPath, itemsOf, lineOf, nextFailed, pathIn, settled, withItem } from '../items';
import { calledRun, cutValue, linesAt, pathOfError, placeWords, runsIn } from '../place';
import { triggerMore, triggerWord } from '../trigger';
import { whyUnrun } from '../unrun';

const CALLED = `run_${'a'.repeat(26)}`;
const NONE = { input: null, output: null, error: null, attempts: 1, started_at: null, ended_at: null };

function record(path: string, more: Partial<StepRun> = {}): StepRun {
  return { ...NONE, id: idOfPath(path), path, kind: 'set', status: 'success', ...more };
}

const fault = (step: string, pointer: string, line: number | null = null, column: number | null = null) => ({
  code: 'expression_error',
  message: 'Division by zero.',
  step,
  pointer,
  line,
  column,
});

const definition: Definition = {
  flow: 1,
  trigger: { kind: 'on_demand' },
  steps: [
    { id: 'check', kind: 'condition', if: '=1', then: [{ id: 'yes', kind: 'set', value: 1 }], else: [{ id: 'no', kind: 'set' }] },
    { id: 'off', kind: 'set', disabled: true },
    { id: 'safe', kind: 'try', steps: [{ id: 'risky', kind: 'set' }], catch: [{ id: 'rescue', kind: 'set' }] },
    { id: 'loop', kind: 'for_each', in: '=[]', steps: [{ id: 'post', kind: 'set', value: { per: '=1 +\n  steps.x / 0' } }] },
    { id: 'done', kind: 'stop' },
  ],
}; // biome-ignore format: a line for each step

function run(steps: StepRun[], more: Partial<Run> = {}): Run {
  return { id: 'r', status: 'success', steps, error: null, ...more } as Run;
}
const why = (of: Run, id: string) => whyUnrun(definition, of, recordsAt(of.steps, {}), id);

test('a path names its step and the items around it, and leads to other items', () => {
  expect(idOfPath('loop[3].inner[0].post')).toBe('post');
  expect(idOfPath('post')).toBe('post');
  expect(itemsOf('loop[3].inner[0].post')).toEqual({ loop: 3, inner: 0 });
  expect(withItem('loop[3].inner[0].post', 'inner', 12)).toBe('loop[3].inner[12].post');
  expect(withItem('loop[3].post', 'oop', 1)).toBe('loop[3].post');
  expect(pathIn(new Map([['post', record('loop[1].post')]]), 'post')).toBe('loop[1].post');
  expect(pathIn(new Map(), 'post')).toBe('post');
  expect(lineOf(record('loop[3].inner[7].post'))).toEqual({ depth: 2, item: 7 });
});

test('the next failed item comes after this one, then from the beginning again', () => {
  const loop = { id: 'loop', items: [0, 1, 2, 3], failed: [1, 3] };
  expect([0, 1, 3].map((item) => nextFailed(loop, item))).toEqual([1, 3, 1]);
  expect(nextFailed({ ...loop, failed: [] }, 0)).toBe(null);
  expect(nextFailed({ ...loop, failed: [2] }, 2)).toBe(null);
});

test('the error of a run is led back to the item it came from', () => {
  const error = fault('post', '/steps/3/steps/0/value/per', 2, 3);
  const steps = [
    record('loop[0].post'),
    record('loop[1].post', { status: 'failed', error: { ...error, message: 'Something else.' } }),
    record('loop[2].post', { status: 'failed', error }),
  ];
  expect(pathOfError({ error, steps })).toBe('loop[2].post');
  expect(pathOfError({ error, steps: steps.slice(0, 2) })).toBe('loop[1].post');
  expect(pathOfError({ error, steps: [] })).toBe(null);
  expect(pathOfError({ error: null, steps })).toBe(null);
});

test('the place of an error is said in words, and its text is shown with a caret', () => {
  const error = fault('post', '/steps/3/steps/0/value/per', 2, 3);
  expect(placeWords(error)).toBe('step post, value › per, line 2, column 3');
  expect(placeWords(fault('read', '/steps/0'))).toBe('step read');
  expect(linesAt(definition, error)).toEqual([
    { number: 1, text: '=1 +', caret: null },
    { number: 2, text: '  steps.x / 0', caret: 2 },
  ]);
  expect(linesAt(definition, fault('post', '/steps/3/steps/0/value'))).toBe(null);
  expect(linesAt(definition, fault('post', '/steps/3/steps/0/value/per', 9, 1))).toBe(null);
  expect(linesAt(null, error)).toBe(null);
});

test('the called run is known from the output, or from the message when the call failed', () => {
  expect(calledRun(record('call', { output: { run: CALLED, status: 'success' } }))).toBe(CALLED);
  const error = { ...fault('call', '/steps/0'), message: `The called run ${CALLED} ended as failed.` };
  expect(calledRun(record('call', { error }))).toBe(CALLED);
  expect(calledRun(record('call'))).toBe(null);
  expect(runsIn(`${CALLED} below ${CALLED}`)).toEqual([CALLED]);
});

test('a value that was cut is told from one that only looks like it', () => {
  expect(cutValue({ cut: true, bytes: 70000, begins: '{"a"' })).toEqual({ bytes: 70000, begins: '{"a"' });
  expect(cutValue({ cut: true })).toBe(null);
  expect(cutValue({ cut: true, bytes: 1, begins: '', more: 1 })).toBe(null);
  expect(cutValue(null)).toBe(null);
});

test('a step says why it did not run', () => {
  const done = run([
    record('check', { kind: 'condition', output: 'then' }),
    record('yes'),
    record('off', { status: 'skipped' }),
    record('safe', { kind: 'try' }),
    record('risky'),
    record('loop', { kind: 'for_each', output: [] }),
  ]);
  expect(why(done, 'yes')).toBe(null);
  expect(why(done, 'no')?.text).toBe('Skipped: branch not taken. “check” took the branch “if”.');
  expect(why(done, 'off')?.text).toBe('Skipped: the step is switched off.');
  expect(why(done, 'rescue')?.text).toBe('Skipped: nothing failed in “safe”.');
  expect(why(done, 'post')?.text).toContain('its list was empty');
  expect(why(done, 'done')).toEqual({ kind: 'unreached', text: 'Not reached: the run ended before.' });
  expect(why(done, 'unknown')).toBe(null);
});

test('a step that the run did not come to is told from one that it may yet come to', () => {
  expect(why(run([], { status: 'running' }), 'post')?.kind).toBe('later');
  expect(why(run([], { status: 'canceled' }), 'post')?.text).toContain('canceled');
  expect(why(run([], { status: 'failed', error: fault('check', '') }), 'done')?.text).toContain('failed before');
  expect(why(run([], { payload_removed_at: 'then' }), 'done')?.kind).toBe('gone');
  const left = record('', { id: 'left_out', kind: 'left_out', output: { steps: 5000 } });
  expect(why(run([left, record('loop', { kind: 'for_each' })]), 'post')?.text).toContain('5000');
});

test('a trigger is told in words, a rerun as such', () => {
  expect(triggerWord({ kind: 'webhook', method: 'POST', id: 'm1' })).toBe('Webhook');
  expect(triggerMore({ kind: 'webhook', method: 'POST', id: 'm1' })).toBe('POST request, message m1');
  expect(triggerWord({ kind: 'on_demand', by: 'eva', rerun_of: 'run_1' })).toBe('Rerun');
  expect(triggerMore({ kind: 'on_demand', by: 'eva' })).toBe('by eva');
  expect(triggerMore(null)).toBe(undefined);
});

test('what waited when the run ended is canceled with it', () => {
  const waiting = record('ask', { status: 'suspended' });
  expect(settled(run([waiting], { status: 'canceled' })).steps[0]?.status).toBe('canceled');
  const open = run([waiting], { status: 'suspended' });
  expect(settled(open)).toBe(open);
});
