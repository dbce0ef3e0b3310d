// Examples made from JSON Schemas.
import { expect, test } from 'vitest';
import { sample } from '../sample';

test('an object has a value for each property', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'string', title: 'Invoice' },
      lines: { type: 'array', items: { type: 'object', properties: { qty: { type: 'integer' } } } },
      paid: { type: 'boolean' },
      note: { type: ['null', 'string'] },
    },
  };
  expect(sample(schema)).toEqual({ id: 'Invoice', lines: [{ qty: 1 }], paid: true, note: 'text' });
});

test.each([
  [{ type: 'integer', minimum: 5 }, 5],
  [{ type: 'integer', exclusiveMinimum: 5 }, 6],
  [{ type: 'number', maximum: -2 }, -2],
  [{ type: 'integer', multipleOf: 7 }, 7],
  [{ type: 'integer', minimum: 8, multipleOf: 7 }, 14],
  [{ type: 'string', minLength: 6 }, 'textxx'],
  [{ type: 'string', maxLength: 2 }, 'te'],
  [{ type: 'string', format: 'date' }, '2026-01-31'],
  [{ enum: ['a', 'b'] }, 'a'],
  [{ const: 4 }, 4],
  [{ type: 'integer', default: 9 }, 9],
  [{ type: 'string', examples: ['SO-1'] }, 'SO-1'],
  [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
  [
    { allOf: [{ properties: { a: { type: 'integer' } } }, { properties: { b: { type: 'string' } } }] },
    { a: 1, b: 'text' },
  ],
  [{ type: 'array', minItems: 2, items: { type: 'integer' } }, [1, 1]],
  [{ type: 'array' }, []],
  [{ $ref: '#/$defs/id', $defs: { id: { type: 'integer' } } }, 1],
  [true, null],
  [{}, null],
])('%j → %j', (schema, expected) => {
  expect(sample(schema)).toEqual(expected);
});

test('a schema that contains itself ends', () => {
  const schema = { $defs: { n: { type: 'object', properties: { next: { $ref: '#/$defs/n' } } } }, $ref: '#/$defs/n' };
  expect(JSON.stringify(sample(schema)).length).toBeLessThan(1000);
});
