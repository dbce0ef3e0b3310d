// YAML of a definition: exact digits, lines of pointers, and what is refused.
import { expect, test } from 'vitest';
import { parseExact } from '../../api/exact_json';
import { readYaml, toYaml } from '../yaml_text';

const exactHere = 'rawJSON' in JSON;

test('what is written as YAML is read back as it was', () => {
  const given = {
    flow: 1,
    trigger: { kind: 'on_demand' },
    steps: [
      { id: 'a', kind: 'set', value: '=trigger.x' },
      { id: 'b', kind: 'set', value: { yes: 'no', t: 'true', n: null, empty: '', list: [1, 2.5, -3e30], 'a/b': '1' } },
      { id: 'c', kind: 'code', code: 'def main(a):\n    return a\n' },
    ],
  };
  expect(readYaml(toYaml(given)).value).toEqual(given);
});

test.runIf(exactHere)('digits of numbers stay, also where JavaScript cannot hold them', () => {
  const text = '{"big":9007199254740993,"money":1.10,"small":0.1000000000000000055,"one":1.0,"far":1e400}';
  expect(JSON.stringify(readYaml(toYaml(parseExact(text))).value)).toBe(text);
  expect(JSON.stringify(readYaml('big: 18446744073709551617\nhex: 0x1F\nplus: +007\nless: -012').value)).toBe(
    '{"big":18446744073709551617,"hex":31,"plus":7,"less":-12}',
  );
});

test('each pointer is known by its line, a missing key by that of what it is missing in', () => {
  const read = readYaml(
    'flow: 1\ntrigger:\n  kind: on_demand\nsteps:\n  - id: a\n    kind: set\n    value:\n      x: =1\n',
  );
  expect(read.lineOf('/steps/0')).toBe(5);
  expect(read.lineOf('/steps/0/value/x')).toBe(8);
  expect(read.lineOf('/steps/0/missing')).toBe(5);
  expect(read.lineOf('')).toBe(1);
  expect(read.pointerAt(8)).toBe('/steps/0/value/x');
});

test('a text that is not YAML says where, and gives no value', () => {
  const read = readYaml('flow: 1\nsteps:\n  - id: [a\n');
  expect(read.value).toBeUndefined();
  expect(read.errors[0]?.line).toBeGreaterThan(2);
  expect(readYaml('a: 1\na: 2\n').errors[0]?.line).toBe(2);
  expect(readYaml('a: .inf').errors).toHaveLength(1);
});

test('aliases are written out, and cannot blow a document up', () => {
  expect(readYaml('a: &x {k: 1}\nb: *x').value).toEqual({ a: { k: 1 }, b: { k: 1 } });
  const bomb = ['a0: &a0 [1,1,1,1,1,1,1,1,1,1]'];
  for (let level = 1; level < 9; level++) {
    const alias = `*a${level - 1}`;
    bomb.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => alias).join(',')}]`);
  }
  expect(readYaml(bomb.join('\n')).value).toBeUndefined();
});
