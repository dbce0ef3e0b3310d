// An example of what a JSON Schema describes: its own example where it has one, else the shortest value that fits.
import { isObject, type JsonObject } from './places';

const DEEPEST = 12;
const FORMATS: Record<string, string> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T09:00:00Z',
  time: '09:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
};

export function sample(schema: unknown): unknown {
  return of(schema, isObject(schema) ? schema : {}, 0);
}

/** Examples that a schema's author gave, in order. */
export function examplesOf(schema: unknown): unknown[] {
  return isObject(schema) && Array.isArray(schema.examples) ? schema.examples : [];
}

function of(given: unknown, root: JsonObject, depth: number): unknown {
  const schema = resolved(given, root);
  if (!isObject(schema) || depth > DEEPEST) return null;
  for (const told of [schema.const, schema.default, examplesOf(schema)[0], enumOf(schema)[0]])
    if (told !== undefined) return told;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const type = types.find((each) => each !== 'null') ?? types[0];
  switch (type ?? guess(schema)) {
    case 'object':
      return object(schema, root, depth);
    case 'array':
      return array(schema, root, depth);
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return number(schema, type === 'integer');
    case 'boolean':
      return true;
    case 'choice':
      return of((list(schema.anyOf)[0] ?? list(schema.oneOf)[0]) as unknown, root, depth + 1);
    default:
      return null;
  }
}

function guess(schema: JsonObject): string | undefined {
  if (isObject(schema.properties) || Array.isArray(schema.allOf)) return 'object';
  if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array';
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) return 'choice';
  return undefined;
}

function object(schema: JsonObject, root: JsonObject, depth: number): JsonObject {
  const made: JsonObject = {};
  for (const part of list(schema.allOf)) {
    const value = of(part, root, depth + 1);
    if (isObject(value)) Object.assign(made, value);
  }
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const [key, property] of Object.entries(properties)) made[key] = of(property, root, depth + 1);
  return made;
}

function array(schema: JsonObject, root: JsonObject, depth: number): unknown[] {
  const first = list(schema.prefixItems).map((item) => of(item, root, depth + 1));
  if (first.length > 0) return first;
  if (schema.items === undefined || schema.items === false) return [];
  const count = Math.min(Math.max(1, asNumber(schema.minItems) ?? 1), 10);
  return Array.from({ length: count }, () => of(schema.items, root, depth + 1));
}

function text(schema: JsonObject): string {
  const known = typeof schema.format === 'string' ? FORMATS[schema.format] : undefined;
  const made = known ?? (typeof schema.title === 'string' && !schema.pattern ? schema.title : 'text');
  const least = asNumber(schema.minLength) ?? 0;
  const most = asNumber(schema.maxLength) ?? Number.POSITIVE_INFINITY;
  return made.padEnd(least, 'x').slice(0, most);
}

function number(schema: JsonObject, whole: boolean): number {
  const step = asNumber(schema.multipleOf) ?? (whole ? 1 : undefined);
  const low = asNumber(schema.minimum) ?? above(asNumber(schema.exclusiveMinimum), step ?? 1);
  const high = asNumber(schema.maximum) ?? above(asNumber(schema.exclusiveMaximum), -(step ?? 1));
  let value = low ?? (high !== undefined && high < 1 ? high : 1);
  if (step) value = (low !== undefined ? Math.ceil(value / step) : Math.floor(value / step) || 1) * step;
  return high !== undefined && value > high ? high : value;
}

function above(limit: number | undefined, by: number): number | undefined {
  return limit === undefined ? undefined : limit + by;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function enumOf(schema: JsonObject): unknown[] {
  return list(schema.enum);
}

/** Follows `#/…` references within the same schema. */
function resolved(schema: unknown, root: JsonObject): unknown {
  let at = schema;
  for (let step = 0; isObject(at) && typeof at.$ref === 'string' && step < 20; step++) {
    let found: unknown = root;
    for (const key of at.$ref.replace(/^#\/?/, '').split('/').filter(Boolean))
      found = isObject(found) ? found[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
    at = found;
  }
  return at;
}
