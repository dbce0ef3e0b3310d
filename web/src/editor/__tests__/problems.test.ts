// Problems by step and by place.
import { expect, test } from 'vitest';
import type { Definition } from '../document';
import { finder, grouped, type Problem } from '../problems';

const definition = {
  flow: 1,
  trigger: { kind: 'on_demand' },
  steps: [
    { id: 'a', kind: 'set', value: '=x' },
    { id: 'b', kind: 'try', steps: [{ id: 'c', kind: 'set', value: 1 }] },
  ],
} as Definition;

function problem(pointer: string, workspace: string | null = null, message = 'wrong'): Problem {
  return { pointer, workspace, message, code: 'x', line: null, column: null };
}

test('each problem counts at the step it is in, and at the trigger when it is in none', () => {
  const found = grouped(definition, [
    problem('/steps/0/value'),
    problem('/steps/1/steps/0/value'),
    problem('/steps/1/steps'),
    problem('/trigger/input'),
    problem('/config', 'acme'),
    problem('/steps/0', 'acme'),
  ]);
  expect([...found].map(([id, of]) => [id, of.length])).toEqual([
    ['a', 2],
    ['c', 1],
    ['b', 1],
    ['trigger', 1],
  ]);
});

test('a place has its own problems and, when asked, those within; each once, with the workspace that lacks it', () => {
  const at = finder([
    problem('/a'),
    problem('/a'),
    problem('/a/b'),
    problem('/ab'),
    problem('/c', 'acme', 'No connection.'),
    problem('/c', 'bolt', 'No connection.'),
  ]);
  expect(at('/a')).toHaveLength(1);
  expect(at('/a', true)).toHaveLength(2);
  expect(at('/c').map((each) => each.message)).toEqual(['In acme: No connection.', 'In bolt: No connection.']);
});
