// The keys of an object as fields: those that are set or needed, and buttons that add the others.
import { Button, SegmentedControl, Tooltip } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { Icon } from '../components/icons';
import { astray, type Choice, choicesOf, chosen } from './exclusive';
import { Field } from './Field';
import { Frame } from './Frame';
import { isObject, type JsonObject, under, withKey } from './places';
import { blank, editorOf, orderOf, resolve, titleOf } from './schema';
import { useScope } from './scope';
import { YamlField } from './YamlField';

type Props = {
  schema: JsonObject;
  value: JsonObject;
  pointer: string;
  onChange: (next: unknown) => void;
  hidden?: readonly string[];
  nested?: boolean;
  /** Whether keys that may be left out are shown as well. */
  all?: boolean;
};

export function Keys({ schema, value, pointer, onChange, hidden = [], nested = false, all }: Props) {
  const { defs, disabled, place } = useScope();
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const choices = choicesOf(schema);
  const chosenAmong = new Map(choices.flatMap((each) => each.alternatives.flat().map((key) => [key, each] as const)));
  const everything = all ?? place === null;
  const of = (key: string) => resolve(properties[key], defs);
  const keys = orderOf(schema).filter((key) => !hidden.includes(key) && !isFixed(of(key)));
  const shows = (key: string) =>
    everything || required.includes(key) || Object.hasOwn(value, key) || of(key).default !== undefined;
  const field = (key: string, must = required.includes(key)) => (
    <Field
      key={key}
      name={key}
      schema={properties[key]}
      value={value[key]}
      pointer={under(pointer, key)}
      required={must}
      removable={!must && Object.hasOwn(value, key) && !everything}
      onChange={(next) => onChange(withKey(value, key, next))}
    />
  );
  const drawn = new Set<Choice>();
  const more = keys.filter((key) => !shows(key) && !chosenAmong.has(key));
  return (
    <div className={nested ? 'keys keys-nested' : 'keys'}>
      {keys.map((key) => {
        const choice = chosenAmong.get(key);
        if (!choice) return shows(key) ? field(key) : null;
        if (drawn.has(choice)) return null;
        drawn.add(choice);
        return <ChoiceOfKeys key={`choice-${key}`} {...{ choice, schema, value, onChange, field }} />;
      })}
      <Unknown {...{ properties, value, pointer, onChange, hidden }} />
      {!disabled && more.length > 0 && (
        <div className="keys-more">
          {more.map((key) => (
            <Tooltip key={key} label={String(of(key).description ?? titleOf(key, of(key)))} multiline maw={320}>
              <Button
                size="compact-xs"
                variant="default"
                leftSection={<Icon name="plus" size={12} />}
                onClick={() => onChange(withKey(value, key, blank(of(key), defs)))}
              >
                {titleOf(key, of(key))}
              </Button>
            </Tooltip>
          ))}
        </div>
      )}
    </div>
  );
}

/** Steps are on the canvas; a kind is chosen elsewhere. */
function isFixed(schema: JsonObject): boolean {
  return schema.const !== undefined || editorOf(schema) === 'steps';
}

type ChoiceProps = {
  choice: Choice;
  schema: JsonObject;
  value: JsonObject;
  onChange: (next: unknown) => void;
  field: (key: string, must?: boolean) => ReactNode;
};

/** One of several sets of keys; what the others held comes back when one turns back. */
function ChoiceOfKeys({ choice, schema, value, onChange, field }: ChoiceProps) {
  const { defs, disabled } = useScope();
  const kept = useRef<JsonObject>({});
  const properties = isObject(schema.properties) ? schema.properties : {};
  const of = (key: string) => resolve(properties[key], defs);
  const at = chosen(choice, value);
  const turn = (to: number | null) => {
    const next = { ...value };
    for (const key of choice.alternatives.flat())
      if (Object.hasOwn(next, key)) {
        kept.current[key] = next[key];
        delete next[key];
      }
    for (const key of to === null ? [] : needed(choice, schema, to))
      next[key] = kept.current[key] ?? blank(of(key), defs);
    onChange(next);
  };
  const names = choice.alternatives.map((_, index) =>
    needed(choice, schema, index)
      .map((key) => titleOf(key, of(key)))
      .join(' and '),
  );
  const shown = at === null ? [] : (choice.alternatives[at] as string[]);
  const must = at === null ? [] : needed(choice, schema, at);
  return (
    <div className="keys-choice">
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={names.join(' or ')}
        disabled={disabled}
        value={at === null ? 'none' : String(at)}
        onChange={(to) => turn(to === 'none' ? null : Number(to))}
        data={[
          ...(choice.required && at !== null ? [] : [{ value: 'none', label: choice.required ? 'Choose' : 'None' }]),
          ...names.map((label, index) => ({ value: String(index), label })),
        ]}
      />
      {shown.map((key) => field(key, must.includes(key)))}
      {astray(choice, value).map((key) => field(key, false))}
    </div>
  );
}

/** The keys without which an alternative is not chosen. */
function needed(choice: Choice, schema: JsonObject, at: number): string[] {
  const depends = isObject(schema.dependentRequired) ? schema.dependentRequired : {};
  return (choice.alternatives[at] ?? []).filter((key) => !Object.hasOwn(depends, key));
}

type UnknownProps = Pick<Props, 'value' | 'pointer' | 'onChange'> & {
  properties: JsonObject;
  hidden: readonly string[];
};

/** Keys that the schema does not name: kept, and edited as YAML. */
function Unknown({ properties, value, pointer, onChange, hidden }: UnknownProps) {
  const { problems } = useScope();
  const keys = Object.keys(value).filter((key) => !Object.hasOwn(properties, key) && !hidden.includes(key));
  return keys.map((key) => (
    <Frame
      key={key}
      pointer={under(pointer, key)}
      label={key}
      labelId={`unknown-${pointer}-${key}`}
      about={problems(under(pointer, key), true).length > 0 ? undefined : 'The form does not know this key.'}
      whole
      onRemove={() => onChange(withKey(value, key, undefined))}
    >
      <YamlField value={value[key]} onChange={(next) => onChange(withKey(value, key, next))} label={key} />
    </Frame>
  ));
}
