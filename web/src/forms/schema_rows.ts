// A simple JSON Schema of an object as rows of name, type, title, required; and back without losing the rest.
import { isObject, type JsonObject } from './places';

export const ROW_TYPES = {
  string: 'Text',
  integer: 'Whole number',
  number: 'Number',
  boolean: 'True or false',
  date: 'Date',
  'date-time': 'Date and time',
  object: 'Object',
  array: 'List',
  any: 'Anything',
} as const;
export type RowType = keyof typeof ROW_TYPES;

/** What a row does not show stays in `schema`. */
export type Row = { name: string; type: RowType | null; title: string; required: boolean; schema: JsonObject };

/** Null where the schema is no object with named properties. */
export function rowsOf(schema: unknown): Row[] | null {
  if (!isObject(schema)) return null;
  const { type, properties, required = [] } = schema;
  if (type !== undefined && type !== 'object') return null;
  if (properties !== undefined && !isObject(properties)) return null;
  if (!Array.isArray(required) || ['allOf', 'anyOf', 'oneOf', '$ref', 'if'].some((key) => key in schema)) return null;
  return Object.entries(properties ?? {}).map(([name, given]) => {
    const property = isObject(given) ? given : {};
    const title = typeof property.title === 'string' ? property.title : '';
    return {
      name,
      type: given === false ? null : typeOfRow(property),
      title,
      required: required.includes(name),
      schema: property,
    };
  });
}

/** The schema with these rows; what it says beside its properties stays. */
export function withRows(schema: unknown, rows: readonly Row[]): JsonObject {
  const { properties: _, required: __, ...rest } = isObject(schema) ? schema : {};
  const required = rows.filter((row) => row.required).map((row) => row.name);
  return {
    type: 'object',
    ...rest,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(rows.map((row) => [row.name, row.schema])),
  };
}

/** Null for a type that only its own text shows. */
function typeOfRow(property: JsonObject): RowType | null {
  if ('enum' in property || 'const' in property || '$ref' in property || 'anyOf' in property || 'oneOf' in property)
    return null;
  if (property.type === undefined) return 'any';
  if (property.type === 'string' && (property.format === 'date' || property.format === 'date-time'))
    return property.format;
  return typeof property.type === 'string' && property.type in ROW_TYPES ? (property.type as RowType) : null;
}

export function withType(row: Row, type: RowType): Row {
  const { type: _, format: __, properties, items, required, ...rest } = row.schema;
  const made: JsonObject = type === 'any' ? {} : { type };
  if (type === 'date' || type === 'date-time') Object.assign(made, { type: 'string', format: type });
  if (type === 'object') Object.assign(made, { ...(required ? { required } : {}), properties: properties ?? {} });
  if (type === 'array') Object.assign(made, { items: items ?? {} });
  return { ...row, type, schema: { ...made, ...rest } };
}

export function withTitle(row: Row, title: string): Row {
  const { title: _, ...rest } = row.schema;
  return { ...row, title, schema: title === '' ? rest : { ...rest, title } };
}
