// One key of a form: the field that its schema asks for, or YAML where no field can show what stands there.
import { useId } from 'react';
import { AlternativesField } from './AlternativesField';
import { CalledFlowField, ChoiceField, ConnectionField } from './choices';
import { Frame } from './Frame';
import { durationOf, statusesText } from './formats';
import { Keys } from './Keys';
import { kindsOf } from './kinds';
import { ListField } from './ListField';
import { MapField } from './MapField';
import { isObject, type JsonObject } from './places';
import { BooleanChoice, LongText, NumberText, SecretText } from './plain';
import { SchemaField } from './SchemaField';
import { blank, type Editor, editorOf, resolve, titleOf, typeOf } from './schema';
import { ScopeContext, useScope } from './scope';
import { CronField, DurationField, PythonField, StatusesField, TimezoneField } from './special';
import { ValueField } from './ValueField';
import { YamlField } from './YamlField';

type Props = {
  name: string;
  schema: unknown;
  value: unknown;
  pointer: string;
  required: boolean;
  onChange: (next: unknown) => void;
  /** Whether it can be taken out by a button. */
  removable?: boolean;
};

/** Editors whose parts show their own problems. */
const WITH_PARTS: Editor[] = ['object', 'list', 'map', 'value', 'text', 'expression', 'alternatives'];

export function Field({ name, schema: given, value, pointer, required, onChange, removable }: Props) {
  const { defs } = useScope();
  const schema = resolve(given, defs);
  const labelId = useId();
  const label = titleOf(name, schema);
  const editor = editorFor(schema, value);
  return (
    <Frame
      pointer={pointer}
      label={label}
      labelId={labelId}
      about={schema.description}
      required={required}
      whole={!editor || !WITH_PARTS.includes(editor)}
      onRemove={removable ? () => onChange(undefined) : undefined}
    >
      <Widget {...{ editor, schema, value, pointer, label, required, onChange }} />
    </Frame>
  );
}

/** The editor of a schema, where it can show the value; null where the value is something else. */
export function editorFor(schema: JsonObject, value: unknown): Editor | null {
  const editor = editorOf(schema);
  return value === undefined || canShow(editor, value) ? editor : null;
}

function canShow(editor: Editor, value: unknown): boolean {
  const type = typeOf(value);
  switch (editor) {
    case 'text':
    case 'code':
    case 'connection':
    case 'flow':
    case 'cron':
    case 'timezone':
    case 'string':
      return type === 'string';
    case 'expression':
      return type === 'string' || type === 'boolean';
    case 'number':
      return type === 'number';
    case 'boolean':
      return type === 'boolean';
    case 'duration':
      return durationOf(value) !== null;
    case 'statuses':
      return statusesText(value) !== null;
    case 'schema':
    case 'object':
    case 'map':
      return isObject(value);
    case 'list':
      return Array.isArray(value);
    default:
      return true;
  }
}

export type WidgetProps = {
  editor: Editor | null;
  schema: JsonObject;
  value: unknown;
  pointer: string;
  label: string;
  required: boolean;
  onChange: (next: unknown) => void;
};

/** The field alone, without its name. */
export function Widget({ editor, schema, value, pointer, label, required, onChange }: WidgetProps) {
  const { problems } = useScope();
  const of = { value, onChange, label };
  const empties = (next: unknown) => onChange(next === '' && !required ? undefined : next);
  const text = typeof value === 'string' ? value : '';
  const placeholder = schema.default === undefined ? undefined : String(schema.default);
  switch (editor) {
    case 'value':
    case 'text':
    case 'expression':
      return <Computed {...{ schema, value, pointer, label, required, onChange }} />;
    case 'code':
      return <PythonField {...of} value={text} wrong={problems(pointer).length > 0} marks={problems(pointer)} />;
    case 'schema':
      return <SchemaField {...of} pointer={pointer} />;
    case 'connection':
      return <ConnectionField {...of} />;
    case 'flow':
      return <CalledFlowField {...of} />;
    case 'duration':
      return <DurationField {...of} fallback={schema.default} />;
    case 'statuses':
      return <StatusesField {...of} />;
    case 'cron':
      return <CronField {...of} value={text} />;
    case 'timezone':
      return <TimezoneField {...of} value={text || String(schema.default ?? 'UTC')} />;
    case 'choice':
      return (
        <ChoiceField
          {...of}
          value={value ?? schema.default}
          choices={schema.enum as unknown[]}
          optional={!required && schema.default === undefined}
        />
      );
    case 'boolean':
      return <BooleanChoice {...of} value={(value ?? schema.default) === true} />;
    case 'number':
      return <NumberText {...of} placeholder={placeholder} />;
    case 'string':
      if (schema.writeOnly === true || schema.format === 'password')
        return <SecretText {...of} value={text} onChange={empties} placeholder={placeholder} />;
      return <LongText {...of} value={text} onChange={empties} placeholder={placeholder} />;
    case 'list':
      return <ListField {...of} schema={schema} value={Array.isArray(value) ? value : []} pointer={pointer} />;
    case 'map':
      return <MapField {...of} schema={schema} value={isObject(value) ? value : {}} pointer={pointer} />;
    case 'alternatives':
      return <AlternativesField {...{ schema, value, pointer, label, required, onChange }} />;
    case 'object':
      return <Keys schema={schema} value={isObject(value) ? value : {}} pointer={pointer} onChange={onChange} nested />;
    default:
      return <YamlField {...of} />;
  }
}

/** A value that may be an expression where the schema says so; where it must be one, the empty one is left out. */
function Computed({ schema, value, pointer, label, required, onChange }: Omit<WidgetProps, 'editor'>) {
  const scope = useScope();
  const computes = scope.place !== null && schema['x-expression'] === true;
  const kinds = kindsOf(schema, computes);
  const begin = kinds.includes('text') ? '' : kinds.includes('expression') ? '=' : blank(schema, scope.defs);
  const empty = value === undefined && !required ? begin : undefined;
  return (
    <ScopeContext value={computes ? scope : { ...scope, place: null }}>
      <ValueField
        value={value === undefined ? begin : value}
        onChange={(next) => onChange(next === empty ? undefined : next)}
        pointer={pointer}
        label={label}
        schema={schema}
      />
    </ScopeContext>
  );
}
