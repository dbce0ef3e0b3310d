import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stepsIn, stepsToPaste, textOf } from '../clipboard';
import { Store } from '../document';
import { sameValue } from '../same_value';
import { flow, leaf } from './flows';

const KEY = 'flowslot:draft:orders:acme';
const one = flow(leaf('a'));
const two = flow(leaf('a'), leaf('b'));

beforeEach(() => {
  vi.useFakeTimers();
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the edited document', () => {
  it('is dirty while it differs from its base by value', () => {
    const store = new Store(KEY);
    store.load(one, 3);
    expect(store.get()).toMatchObject({ base: 3, dirty: false });
    store.change(two);
    expect(store.get().dirty).toBe(true);
    store.change({ ...flow({ kind: 'set', value: 'a', id: 'a' }) });
    expect(store.get().dirty).toBe(false);
  });

  it('undoes and does again, and typing on in one field at once', () => {
    const store = new Store(KEY);
    store.load(one, 1);
    for (const value of ['x', 'xy', 'xyz']) store.change(flow({ ...leaf('a'), value }), 'step a');
    store.change(two);
    store.undo();
    expect(store.get().definition.steps[0]).toMatchObject({ value: 'xyz' });
    store.undo();
    expect(store.get()).toMatchObject({ definition: one, dirty: false });
    store.redo();
    store.redo();
    expect(store.get().definition).toBe(two);
    vi.advanceTimersByTime(60_000);
    store.change(one, 'step a');
    expect(store.get().future).toEqual([]);
  });

  it('is clean once it was saved, and still undone', () => {
    const store = new Store(KEY);
    store.load(one, 1);
    store.change(two);
    store.saved(2);
    expect(store.get()).toMatchObject({ base: 2, dirty: false });
    store.undo();
    expect(store.get()).toMatchObject({ definition: one, dirty: true });
  });

  it('is recovered after a reload, until it is discarded', () => {
    const store = new Store(KEY);
    store.load(one, 4);
    store.change(two);
    vi.runAllTimers();
    const later = new Store(KEY);
    expect(later.get()).toMatchObject({ definition: two, base: 4, dirty: true });
    expect(later.get().recovered).not.toBeNull();
    later.discardRecovered();
    expect(later.get()).toMatchObject({ definition: one, base: 4, dirty: false, recovered: null });
    vi.runAllTimers();
    expect(new Store(KEY).get()).toMatchObject({ dirty: false, recovered: null, definition: { steps: [] } });
  });
});

it('values are the same whatever the order of their keys', () => {
  expect(sameValue({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  expect(sameValue({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(sameValue([], {})).toBe(false);
  expect(sameValue(1, '1')).toBe(false);
});

describe('the clipboard', () => {
  it('holds steps as text, and takes nothing else for steps', () => {
    expect(stepsIn(textOf([leaf('a')]))).toEqual([leaf('a')]);
    for (const other of [
      '',
      'flowslot',
      '{}',
      '{"flowslot": "steps"}',
      textOf([]),
      '{"flowslot":"steps","steps":[{}]}',
    ])
      expect(stepsIn(other)).toBeNull();
  });

  it('falls back to what this browser copied last', () => {
    expect(stepsToPaste('some words')).toBeNull();
    localStorage.setItem('flowslot:copied', textOf([leaf('b')]));
    expect(stepsToPaste('some words')).toEqual([leaf('b')]);
    expect(stepsToPaste(textOf([leaf('c')]))).toEqual([leaf('c')]);
  });
});
