// What the comparison's answer becomes: one list, each step once, and words for places.
import { describe, expect, it } from 'vitest';
import { type Diff, listed, marksOf, placeWords, valueAt } from '../changes';

const none = { added: [], removed: [], moved: [], renamed: [], changed: [] };
const diff = (steps: Partial<Diff['steps']>, around: Partial<Diff> = {}): Diff => ({
  from: 1,
  to: 2,
  steps: { ...none, ...steps },
  trigger: [],
  config: [],
  connections: [],
  ...around,
});

describe('the list of changes', () => {
  it('is empty for two versions that are the same', () => {
    expect(listed(diff({}))).toEqual([]);
  });

  it('has a step that was moved and changed once, with both', () => {
    const changed = { id: 'a', key: 'value', change: 'changed', path: '/value', from: 1, to: 2 } as const;
    const found = listed(diff({ moved: [{ id: 'a', from: '/steps/0', to: '/steps/1' }], changed: [changed] }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ mark: 'changed', detail: 'moved, value', move: { to: '/steps/1' } });
    expect(found[0]?.fields).toEqual([{ path: 'value', mark: 'changed', from: 1, to: 2 }]);
  });

  it('names what stands around the steps', () => {
    const config = [{ change: 'added', path: '/properties/team', from: null, to: {} }] as const;
    const found = listed(diff({}, { config: [...config] }));
    expect(found[0]).toMatchObject({ key: 'config', step: null, title: 'Configuration', detail: 'properties.team' });
  });

  it('marks on the canvas only what the newer version has', () => {
    const step = (id: string) => ({ id, kind: 'set', name: null, pointer: '/steps/0' });
    const found = listed(diff({ added: [step('new')], removed: [step('gone')] }));
    expect([...marksOf(found)]).toEqual([['new', 'added']]);
  });
});

describe('places', () => {
  const definition = { steps: [{ id: 'check', elif: [{ then: [{ id: 'deep' }] }], else: [{ id: 'no' }] }] };

  it('are found by their pointer', () => {
    expect(valueAt(definition, '/steps/0/else/0/id')).toBe('no');
    expect(valueAt(definition, '/steps/7/else')).toBeUndefined();
  });

  it('are said in words', () => {
    expect(placeWords(definition, '/steps/0')).toBe('place 1 of the flow');
    expect(placeWords(definition, '/steps/0/else/0')).toBe('place 1 of else in check');
    expect(placeWords(definition, '/steps/0/elif/0/then/0')).toBe('place 1 of elif 0 then in check');
  });
});
