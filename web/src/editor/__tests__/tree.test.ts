import { describe, expect, it } from 'vitest';
import type { Step } from '../document';
import { freeId, idsOf, rename, withFreeIds } from '../naming';
import { newStep } from '../new_step';
import {
  entries,
  insert,
  listsOf,
  move,
  neighbour,
  nudge,
  placeAfter,
  placesAt,
  pointerOf,
  remove,
  replace,
  stepAt,
  stepOfPointer,
  TRIGGER,
  wrap,
} from '../tree';
import { branch, flow, leaf, loop } from './flows';

const [a, b, c] = [leaf('a'), leaf('b'), leaf('c')] as [Step, Step, Step];
const each = { ...loop(a), id: 'each' };
const check: Step = { ...branch([b], []), id: 'check', elif: [{ if: '=False', then: [c] }] };
const guarded: Step = { id: 'guarded', kind: 'try', steps: [leaf('d')], catch: [leaf('e')], finally: [leaf('f')] };
const document = flow(each, check, guarded);
const order = (steps = document) =>
  entries(steps)
    .map((entry) => entry.step.id)
    .join(' ');

describe('steps as a tree', () => {
  it('finds every list of every kind, in reading order', () => {
    expect(order()).toBe('each a check b c guarded d e f');
    expect(listsOf(check).map((list) => list.key)).toEqual(['then', 'elif/0/then', 'else']);
    expect(listsOf(guarded).map((list) => list.key)).toEqual(['steps', 'catch', 'finally']);
    expect(listsOf(a)).toEqual([]);
  });

  it('knows the pointer of each step, and the step of each pointer', () => {
    for (const { step, pointer } of entries(document)) {
      expect(pointerOf(document, step.id)).toBe(pointer);
      expect(stepAt(document, pointer)).toBe(step);
    }
    expect(pointerOf(document, 'c')).toBe('/steps/1/elif/0/then/0');
    expect(pointerOf(document, TRIGGER)).toBe('/trigger');
    expect(stepOfPointer(document, '/steps/1/elif/0/then/0/value/x')).toEqual({ id: 'c', rest: '/value/x' });
    expect(stepOfPointer(document, '/steps/1/if')).toEqual({ id: 'check', rest: '/if' });
    expect(stepOfPointer(document, '/config')).toBeNull();
  });

  it('leaves untouched steps the same objects', () => {
    const added = insert(document, { list: 'each/steps', after: 'a' }, leaf('new'));
    expect(order(added)).toBe('each a new check b c guarded d e f');
    expect(added.steps[1]).toBe(check);
    expect(added.steps[2]).toBe(guarded);
    expect(stepAt(added, '/steps/0/steps/0')).toBe(a);
    expect(document.steps[0]).toBe(each);
    expect(replace(document, 'nobody', a)).toBe(document);
    expect(remove(document, 'nobody')).toBe(document);
  });

  it('moves a step to any place, but never into itself', () => {
    expect(order(move(document, 'a', { list: 'check/else', after: null }))).toBe('each check b c a guarded d e f');
    expect(order(move(document, 'guarded', { list: 'each/steps', after: 'a' }))).toBe('each a guarded d e f check b c');
    expect(move(document, 'each', { list: 'each/steps', after: 'a' })).toBe(document);
    expect(move(document, 'a', { list: 'each/steps', after: 'a' })).toBe(document);
  });

  it('swaps neighbours, and stays at the ends', () => {
    expect(order(nudge(document, 'check', -1))).toBe('check b c each a guarded d e f');
    expect(order(nudge(document, 'check', 1))).toBe('each a guarded d e f check b c');
    expect(nudge(document, 'each', -1)).toBe(document);
    expect(nudge(document, 'a', 1)).toBe(document);
  });

  it('leaves out an optional list that is empty, and keeps a required one', () => {
    const caught = remove(document, 'e').steps[2] as Step;
    expect('catch' in caught).toBe(false);
    expect((remove(document, 'd').steps[2] as Step).steps).toEqual([]);
  });

  it('puts a step into a new one', () => {
    const wrapped = wrap(document, 'check', { id: 'round', kind: 'for_each', in: '=[]', steps: [] });
    expect(order(wrapped)).toBe('each a round check b c guarded d e f');
    expect(stepAt(wrapped, '/steps/1/steps/0')).toBe(check);
  });

  it('adds after the selected step, before a stop, first under the trigger, else last', () => {
    const ends = flow(a, { id: 'done', kind: 'stop', status: 'success' });
    expect(placeAfter(ends, null)).toEqual({ list: '', after: 'a' });
    expect(placeAfter(ends, 'done')).toEqual({ list: '', after: 'a' });
    expect(placeAfter(ends, TRIGGER)).toEqual({ list: '', after: null });
    expect(placeAfter(document, 'b')).toEqual({ list: 'check/then', after: 'b' });
    expect(placesAt(document, 'each').map((where) => where.place)).toEqual([
      { list: '', after: 'each' },
      { list: 'each/steps', after: null },
    ]);
  });

  it('selects the next, the one before or the step around when one is removed', () => {
    expect(['each', 'guarded', 'a'].map((id) => neighbour(document, id))).toEqual(['check', 'check', 'each']);
    expect(neighbour(flow(a), 'a')).toBe(TRIGGER);
  });
});

describe('ids of steps', () => {
  it('are new ones where they are taken or mean something else', () => {
    expect(freeId('a', idsOf(document))).toBe('a_2');
    expect(freeId('a_2', new Set(['a_2']))).toBe('a_3');
    expect(freeId('trigger', new Set())).toBe('trigger_2');
  });

  it('are renamed in every expression and template that names them', () => {
    const says = flow(a, {
      ...leaf('z'),
      value: { x: '=steps.a.b + steps["a"]', y: 'is {{ steps.a }}', z: 'steps.a is text', w: '=steps.ab + steps.a_2' },
    });
    expect(rename(says, 'a', 'first').steps).toEqual([
      { ...a, id: 'first' },
      {
        id: 'z',
        kind: 'set',
        value: {
          x: '=steps.first.b + steps["first"]',
          y: 'is {{ steps.first }}',
          z: 'steps.a is text',
          w: '=steps.ab + steps.a_2',
        },
      },
    ]);
    for (const unfit of ['z', 'A', '1a', '', 'steps', 'trigger']) expect(rename(says, 'a', unfit)).toBe(says);
  });

  it('of copies are their own, and the copies name one another by them', () => {
    const copy = withFreeIds(
      [{ ...loop(a, { ...leaf('y'), value: '=steps.a + steps.b' }), id: 'each' }],
      idsOf(document),
    );
    expect(copy).toMatchObject([{ id: 'each_2', steps: [{ id: 'a_2' }, { id: 'y', value: '=steps.a_2 + steps.b' }] }]);
  });
});

describe('a new step', () => {
  it('has an id of its own and what its kind requires', () => {
    expect(newStep(document, { name: 'condition' })).toEqual({
      id: 'check_2',
      kind: 'condition',
      if: '=True',
      then: [],
    });
    const schema = {
      type: 'object',
      required: ['id', 'kind', 'to'],
      properties: { id: {}, kind: {}, to: { type: 'string', examples: ['a@b.c'] }, cc: { type: 'string' } },
    };
    expect(newStep(document, { name: 'email', schema })).toEqual({ id: 'email', kind: 'email', to: 'a@b.c' });
  });
});
