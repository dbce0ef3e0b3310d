// What forms decide without a page: ways to write a text, choices of keys, kinds of values, rows of a schema.
import { expect, test } from 'vitest';
import { astray, choicesOf, chosen } from '../exclusive';
import { inTemplate, shown, turned, typed } from '../expressions';
import { durationOf, statusesOf, statusesText } from '../formats';
import { become, kindOf, kindsOf } from '../kinds';
import { editorOf, fits } from '../schema';
import { rowsOf, withRows, withType } from '../schema_rows';

test('a string is shown without the sign of an expression, or of a literal =', () => {
  expect(shown('=a.b')).toEqual({ as: 'expression', text: 'a.b' });
  expect(shown('==a')).toEqual({ as: 'text', text: '=a' });
  expect(shown('a = b')).toEqual({ as: 'text', text: 'a = b' });
});

test('a = typed first makes an expression of a text, and typing on keeps what it is', () => {
  expect(typed(shown(''), '=')).toBe('=');
  expect(typed(shown('=a'), 'a + 1')).toBe('=a + 1');
  expect(typed(shown('==a'), '=ab')).toBe('==ab');
  expect(typed(shown('abc'), 'abcd')).toBe('abcd');
});

test.each([
  ['trigger.name', '=trigger.name'],
  ['Hello you', '="Hello you"'],
  ['="Hello you"', 'Hello you'],
  ['=a + b', 'a + b'],
  ['', '='],
  ['=', ''],
])('%s turns into %s', (from, to) => {
  expect(turned(from)).toBe(to);
});

test('names are completed in a template only inside its braces', () => {
  const text = 'Hello {{ trigger.na }} and';
  expect(inTemplate(text, 12)).toBe(true);
  expect(inTemplate(text, 3)).toBe(false);
  expect(inTemplate(text, text.length)).toBe(false);
});

const http = {
  properties: {},
  oneOf: [{ required: ['url'] }, { required: ['connection', 'path'] }],
  allOf: ['json,form', 'json,text', 'form,text'].map((pair) => ({ not: { required: pair.split(',') } })),
};

test('keys that exclude one another are one choice', () => {
  const [address, body] = choicesOf(http);
  expect(address).toEqual({ alternatives: [['url'], ['connection', 'path']], required: true });
  expect(body).toEqual({ alternatives: [['json'], ['form'], ['text']], required: false });
  const wait = { oneOf: [{ required: ['for'] }, { required: ['signal'] }], dependentRequired: { timeout: ['signal'] } };
  expect(choicesOf(wait)[0]?.alternatives).toEqual([['for'], ['signal', 'timeout']]);
  expect(choicesOf({ oneOf: [{ type: 'string' }] })).toEqual([]);
});

test('what is set beside the chosen keys stays in sight', () => {
  const [address] = choicesOf(http);
  if (!address) throw new Error('no choice');
  expect(chosen(address, {})).toBeNull();
  expect(chosen(address, { connection: 'erp', path: '/', url: 'x' })).toBe(1);
  expect(astray(address, { connection: 'erp', path: '/', url: 'x' })).toEqual(['url']);
});

test('a value may become what its schema allows', () => {
  const text = { type: 'string', 'x-editor': 'text' };
  expect(kindsOf(text, true)).toEqual(['text', 'expression']);
  expect(kindsOf({ type: ['object', 'string'], pattern: '^=', 'x-editor': 'value' }, true)).toEqual([
    'expression',
    'object',
  ]);
  expect(kindsOf({}, false)).not.toContain('expression');
  expect(kindsOf({ type: ['boolean', 'string'], 'x-editor': 'expression' }, true)).toEqual(['expression', 'boolean']);
  expect(kindOf('=1', true)).toBe('expression');
  expect(kindOf('=1', false)).toBe('text');
  expect(become('12', 'number')).toBe(12);
  expect(become(true, 'expression')).toBe('=True');
  expect(become('a', 'list')).toEqual(['a']);
});

test('durations and statuses are read and written', () => {
  expect(durationOf('250ms')).toEqual({ count: '250', unit: 'ms' });
  expect(durationOf('soon')).toBeNull();
  expect(statusesOf('404')).toBe(404);
  expect(statusesOf('5xx, 408 network')).toEqual(['5xx', 408, 'network']);
  expect(statusesOf(' ')).toBeUndefined();
  expect(statusesText(['5xx', 408])).toBe('5xx, 408');
  expect(statusesText({})).toBeNull();
});

test('the editor of a key is what its schema says, or what its type suggests', () => {
  expect(editorOf({ type: 'string', 'x-editor': 'duration' })).toBe('duration');
  expect(editorOf({ type: ['string', 'null'] })).toBe('string');
  expect(editorOf({ enum: [1, 2] })).toBe('choice');
  expect(editorOf({ type: 'object' })).toBe('value');
  expect(editorOf({})).toBe('value');
  expect(
    fits(
      { kind: 'hmac' },
      { type: 'object', properties: { kind: { const: 'hmac' } }, additionalProperties: false },
      {},
    ),
  ).toBe(true);
  expect(fits('a', { pattern: '(?<bad' }, {})).toBe(true);
});

test('a schema becomes rows and comes back as it was', () => {
  const schema = {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', maxLength: 9 }, at: { type: 'string', format: 'date' }, kind: { enum: ['a'] } },
    additionalProperties: false,
  };
  const rows = rowsOf(schema) ?? [];
  expect(rows.map((row) => [row.name, row.type, row.required])).toEqual([
    ['id', 'string', true],
    ['at', 'date', false],
    ['kind', null, false],
  ]);
  expect(withRows(schema, rows)).toEqual(schema);
  expect(rowsOf({ anyOf: [] })).toBeNull();
  expect(rowsOf({ type: 'array' })).toBeNull();
  expect(withType(rows[0] as (typeof rows)[0], 'array').schema).toEqual({ type: 'array', items: {}, maxLength: 9 });
});
