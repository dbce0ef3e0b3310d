// The kinds of a value: what it is now, what it may become, and what it begins with then.
import { rawDigits } from '../api/exact_json';
import { shown, turned } from './expressions';
import { isObject, type JsonObject } from './places';
import { typesOf } from './schema';

export type ValueKind = 'text' | 'expression' | 'number' | 'boolean' | 'null' | 'list' | 'object';

export const KIND_WORDS: Record<ValueKind, { sign: string; word: string }> = {
  text: { sign: 'Aa', word: 'Text' },
  expression: { sign: 'fx', word: 'Expression' },
  number: { sign: '12', word: 'Number' },
  boolean: { sign: 'T/F', word: 'True or false' },
  list: { sign: '[ ]', word: 'List' },
  object: { sign: '{ }', word: 'Object' },
  null: { sign: '∅', word: 'Nothing (null)' },
};

const ALL: ValueKind[] = ['text', 'expression', 'number', 'boolean', 'list', 'object', 'null'];

export function kindOf(value: unknown, expressions: boolean): ValueKind {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return expressions && shown(value).as === 'expression' ? 'expression' : 'text';
  if (typeof value === 'number' || rawDigits(value) !== undefined) return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return isObject(value) ? 'object' : 'list';
}

/** The kinds that a schema lets one choose from. */
export function kindsOf(schema: JsonObject, expressions: boolean): ValueKind[] {
  const told = schema['x-editor'];
  if (told === 'text') return expressions ? ['text', 'expression'] : ['text'];
  const types = typesOf(schema);
  const mayCompute = expressions;
  if (told === 'expression') return types.includes('boolean') ? ['expression', 'boolean'] : ['expression'];
  if (types.length === 0) return ALL.filter((kind) => (mayCompute || kind !== 'expression') && allowed(schema, kind));
  return ALL.filter((kind) => fitsTypes(kind, types, mayCompute, 'pattern' in schema));
}

function allowed(schema: JsonObject, kind: ValueKind): boolean {
  return !(isObject(schema.not) && schema.not.type === kind);
}

function fitsTypes(kind: ValueKind, types: string[], expressions: boolean, patterned: boolean): boolean {
  if (kind === 'expression') return expressions;
  if (kind === 'text') return types.includes('string') && !(expressions && patterned);
  if (kind === 'number') return types.includes('number') || types.includes('integer');
  if (kind === 'list') return types.includes('array');
  return types.includes(kind);
}

/** The value as another kind: what can be kept is kept. */
export function become(value: unknown, kind: ValueKind): unknown {
  switch (kind) {
    case 'expression':
      if (typeof value === 'string') return shown(value).as === 'expression' ? value : turned(value);
      return typeof value === 'number' || typeof value === 'boolean' ? `=${pythonOf(value)}` : '=';
    case 'text':
      if (typeof value === 'string') return shown(value).as === 'expression' ? turned(value) : value;
      return typeof value === 'number' ? String(value) : '';
    case 'number':
      return Number(typeof value === 'string' ? shown(value).text.trim() || 0 : 0) || 0;
    case 'boolean':
      return typeof value === 'string' && /^=?\s*true$/i.test(value);
    case 'list':
      return value === undefined || value === null || value === '' || value === '=' ? [] : [value];
    case 'object':
      return {};
    default:
      return null;
  }
}

function pythonOf(value: number | boolean): string {
  if (typeof value === 'number') return String(value);
  return value ? 'True' : 'False';
}
