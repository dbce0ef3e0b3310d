// Reading JSON Schemas as forms do: references, what edits a key, and whether a value fits at a glance.
import { rawDigits } from '../api/exact_json';
import { isObject, type JsonObject } from './places';

export type Editor =
  | 'value'
  | 'text'
  | 'expression'
  | 'code'
  | 'schema'
  | 'steps'
  | 'connection'
  | 'flow'
  | 'duration'
  | 'cron'
  | 'timezone'
  | 'statuses'
  | 'string'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'alternatives'
  | 'object'
  | 'list'
  | 'map';

/** The schema itself, after its `$ref`s; what stands beside a reference wins. */
export function resolve(schema: unknown, defs: JsonObject): JsonObject {
  let at = isObject(schema) ? schema : {};
  for (let step = 0; typeof at.$ref === 'string' && step < 20; step++) {
    const { $ref, ...beside } = at;
    const found = defs[$ref.replace(/^#\/(\$defs|definitions)\//, '')];
    at = { ...(isObject(found) ? found : {}), ...beside };
  }
  return at;
}

export function typesOf(schema: JsonObject): string[] {
  return (Array.isArray(schema.type) ? schema.type : [schema.type]).filter((each) => typeof each === 'string');
}

export function editorOf(schema: JsonObject): Editor {
  const told = schema['x-editor'];
  if (typeof told === 'string') return told as Editor;
  if (Array.isArray(schema.enum)) return 'choice';
  const alternatives = schema.anyOf ?? schema.oneOf;
  const types = typesOf(schema).filter((type) => type !== 'null');
  if (Array.isArray(alternatives) && types.length === 0) return 'alternatives';
  if (types.length === 0 && isObject(schema.additionalProperties))
    return isObject(schema.properties) ? 'object' : 'map';
  if (types.length !== 1) return isObject(schema.properties) ? 'object' : 'value';
  switch (types[0]) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return isObject(schema.items) ? 'list' : 'value';
    default:
      if (isObject(schema.properties)) return 'object';
      return isObject(schema.additionalProperties) && Object.keys(schema.additionalProperties).length > 0
        ? 'map'
        : 'value';
  }
}

/** What a value is called in a JSON Schema. */
export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' || rawDigits(value) !== undefined) return 'number';
  return typeof value;
}

/** Whether a form for the schema can show the value; the server says whether it is right. */
export function fits(value: unknown, given: unknown, defs: JsonObject): boolean {
  const schema = resolve(given, defs);
  if (schema.const !== undefined) return schema.const === value;
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  const types = typesOf(schema);
  const type = typeOf(value);
  if (types.length > 0 && !types.includes(type) && !(type === 'number' && types.includes('integer'))) return false;
  if (typeof value === 'string' && typeof schema.pattern === 'string') return matches(schema.pattern, value);
  if (isObject(value)) return fitsKeys(value, schema, defs);
  if (Array.isArray(value) && isObject(schema.items)) return value.every((item) => fits(item, schema.items, defs));
  const alternatives = [schema.anyOf, schema.oneOf].find(Array.isArray);
  return !alternatives || alternatives.some((each) => fits(value, each, defs));
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true; // the server's regular expressions know more than the browser's
  }
}

function fitsKeys(value: JsonObject, schema: JsonObject, defs: JsonObject): boolean {
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (Array.isArray(schema.required) && !schema.required.every((key) => Object.hasOwn(value, key))) return false;
  return Object.entries(value).every(([key, each]) => {
    if (Object.hasOwn(properties, key)) return fits(each, properties[key], defs);
    if (schema.additionalProperties === false) return false;
    return !isObject(schema.additionalProperties) || fits(each, schema.additionalProperties, defs);
  });
}

/** The keys in the order of the form. */
export function orderOf(schema: JsonObject): string[] {
  const properties = Object.keys(isObject(schema.properties) ? schema.properties : {});
  const order = Array.isArray(schema['x-order']) ? (schema['x-order'] as string[]) : [];
  return [...order.filter((key) => properties.includes(key)), ...properties.filter((key) => !order.includes(key))];
}

/** A name for people, of a key that has no title. */
export function titleOf(key: string, schema: JsonObject): string {
  if (typeof schema.title === 'string' && schema.title !== '') return schema.title;
  const words = key.replaceAll(/[_-]+/g, ' ').trim();
  return words === '' ? key : words[0]?.toUpperCase() + words.slice(1);
}

/** What a new value of the schema begins with. */
export function blank(given: unknown, defs: JsonObject): unknown {
  const schema = resolve(given, defs);
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  switch (editorOf(schema)) {
    case 'choice':
      return (schema.enum as unknown[])[0];
    case 'boolean':
      return false;
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 0;
    case 'list':
    case 'steps':
      return [];
    case 'schema':
      return { type: 'object', properties: {} };
    case 'expression':
      return '=';
    case 'alternatives':
      return blank((schema.anyOf ?? schema.oneOf)?.[0 as never], defs);
    case 'duration':
      return '30s';
    case 'statuses':
      return [];
    case 'map':
      return {};
    case 'object':
      return blankObject(schema, defs);
    case 'value':
      return typesOf(schema).includes('object') ? {} : typesOf(schema).includes('array') ? [] : '';
    default:
      return '';
  }
}

function blankObject(schema: JsonObject, defs: JsonObject): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = (Array.isArray(schema.required) ? schema.required : []) as string[];
  return Object.fromEntries(required.map((key) => [key, blank(properties[key], defs)]));
}
