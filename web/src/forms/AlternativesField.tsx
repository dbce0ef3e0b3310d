// A value of one of several schemas: which one is chosen, then edited by its own field.
import { Select } from '@mantine/core';
import { editorFor, Widget } from './Field';
import { isObject, type JsonObject } from './places';
import { blank, fits, resolve, titleOf, typesOf } from './schema';
import { useScope } from './scope';
import { YamlField } from './YamlField';

type Props = {
  schema: JsonObject;
  value: unknown;
  pointer: string;
  label: string;
  required: boolean;
  onChange: (next: unknown) => void;
};
type Alternative = { label: string; schema: JsonObject; fixed?: unknown };

export function AlternativesField({ schema, value, pointer, label, required, onChange }: Props) {
  const { defs, disabled } = useScope();
  const now = value === undefined ? schema.default : value;
  const alternatives = alternativesOf(schema, defs).filter((each) => !onlyKind(each) || suits(each, now, defs));
  const at = now === undefined ? -1 : alternatives.findIndex((each) => suits(each, now, defs));
  const chosen = alternatives[at];
  return (
    <>
      <Select
        aria-label={label}
        data={alternatives.map((each, index) => ({ value: String(index), label: each.label }))}
        value={at < 0 ? null : String(at)}
        allowDeselect={false}
        clearable={!required && schema.default === undefined}
        readOnly={disabled}
        placeholder={now === undefined ? 'Choose' : 'Something else'}
        onChange={(index) => {
          const to = index === null ? undefined : alternatives[Number(index)];
          onChange(to && ('fixed' in to ? to.fixed : blank(to.schema, defs)));
        }}
      />
      {chosen && !('fixed' in chosen) && (
        <div className="alternative">
          <Widget
            editor={editorFor(chosen.schema, now)}
            schema={chosen.schema}
            value={now}
            {...{ pointer, label, onChange }}
            required
          />
        </div>
      )}
      {!chosen && now !== undefined && <YamlField value={now} onChange={onChange} label={label} />}
    </>
  );
}

function suits(alternative: Alternative, value: unknown, defs: JsonObject): boolean {
  if ('fixed' in alternative) return alternative.fixed === value;
  const { required: _, ...loose } = alternative.schema; // what is not filled in yet is still of this kind
  return fits(value, loose, defs);
}

/** `{kind: bearer}` says no more than `bearer`: offered only where it stands so. */
function onlyKind({ schema }: Alternative): boolean {
  const keys = Object.keys(isObject(schema.properties) ? schema.properties : {});
  return keys.length === 1 && keys[0] === 'kind';
}

function alternativesOf(schema: JsonObject, defs: JsonObject): Alternative[] {
  const given = [schema.anyOf, schema.oneOf].find(Array.isArray) ?? [];
  return given.flatMap((each): Alternative[] => {
    const one = resolve(each, defs);
    if (one.const !== undefined) return [{ label: words(one.const), schema: one, fixed: one.const }];
    if (Array.isArray(one.enum)) return one.enum.map((fixed) => ({ label: words(fixed), schema: one, fixed }));
    return [{ label: named(one), schema: one }];
  });
}

function words(value: unknown): string {
  if (value === true) return 'Yes';
  if (value === false) return 'No';
  return typeof value === 'string' ? titleOf(value, {}) : String(value);
}

function named(schema: JsonObject): string {
  if (typeof schema.title === 'string') return schema.title;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const kind = isObject(properties.kind) ? properties.kind : {};
  if (typeof kind.const === 'string') return `${titleOf(kind.const, {})}, with settings`;
  if (Array.isArray(kind.enum)) return 'By kind';
  const first = Object.entries(properties)[0];
  if (first) return `${titleOf(first[0], resolve(first[1], {}))} …`;
  const type = typesOf(schema)[0];
  return (
    { array: 'A list', object: 'By key', string: 'A text', integer: 'A number', number: 'A number' }[type ?? ''] ??
    'Other'
  );
}
