import { describe, expect, it } from 'vitest';
import type { Step } from '../document';
import { layout, type PlacedStep } from '../layout';
import { nextStep } from '../moving';
import { entries, TRIGGER } from '../tree';
import { branch, flow, leaf, loop, randomFlow } from './flows';

const cardsOf = (definition: ReturnType<typeof flow>) =>
  layout(definition).nodes.filter((node): node is PlacedStep => node.type === 'step');

describe('the layout of a flow', () => {
  it.each([1, 30, 200, 1000])('places each of %i steps once, and no card touches another', (size) => {
    const definition = randomFlow(size);
    const cards = cardsOf(definition).sort((one, other) => one.y - other.y);
    expect(cards).toHaveLength(entries(definition).length + 1);
    expect(entries(definition)).toHaveLength(size);
    for (const [index, one] of cards.entries())
      for (const other of cards.slice(index + 1)) {
        if (other.y >= one.y + one.h) break;
        expect(one.x + one.w <= other.x || other.x + other.w <= one.x).toBe(true);
      }
  });

  it('is quick: 1000 steps take less than a twentieth of a second', () => {
    const definition = randomFlow(1000);
    layout(definition);
    const times = [1, 2, 3].map(() => {
      const begin = performance.now();
      layout({ ...definition });
      return performance.now() - begin;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });

  it('gives every place of a step a plus sign, once', () => {
    const places = layout(randomFlow(200)).nodes.flatMap((node) =>
      node.type === 'box' || !node.place ? [] : [`${node.place.list}|${node.place.after}`],
    );
    expect(new Set(places).size).toBe(places.length);
  });

  it('draws no way out of a stop, nor out of branches that all stop', () => {
    const stop = (id: string): Step => ({ id, kind: 'stop', status: 'success' });
    const ended = flow({ ...branch([stop('one')], [stop('two')]), id: 'check' }, leaf('never'));
    const targets = layout(ended).wires.map((wire) => wire.id);
    expect(targets.filter((id) => id.startsWith('one>') || id.startsWith('two>') || id.endsWith('>never'))).toEqual([]);
  });

  it('makes a folded loop as small as one card, and says how many steps are inside', () => {
    const definition = flow({ ...loop(leaf(), leaf()), id: 'each' }, leaf());
    const folded = layout(definition, new Set(['each']));
    expect(folded.h).toBeLessThan(layout(definition).h / 1.5);
    expect(folded.nodes.find((node) => node.id === 'each')).toMatchObject({ hidden: 2 });
  });
});

describe('arrows', () => {
  const { nodes } = layout(flow(leaf('first'), { ...branch([leaf('yes')], [leaf('no')]), id: 'check' }, leaf('last')));
  it.each([
    [TRIGGER, 'ArrowDown', 'first'],
    ['first', 'ArrowUp', TRIGGER],
    ['yes', 'ArrowRight', 'no'],
    ['no', 'ArrowLeft', 'yes'],
    ['yes', 'ArrowDown', 'last'],
    ['last', 'ArrowDown', null],
  ])('lead from %s with %s to %s', (from, key, to) => {
    expect(nextStep(nodes, from, key)).toBe(to);
  });
});
