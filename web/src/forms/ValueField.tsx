// Any value: a text, an expression, a number, a list, an object, each with values of any depth within.
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useRef, useState } from 'react';
import { Icon } from '../components/icons';
import { ChoiceField } from './choices';
import { ExpressionField } from './ExpressionField';
import { Wrong } from './Frame';
import { freeKey, KeyInput } from './KeyInput';
import { KindSwitch } from './KindSwitch';
import { become, kindOf, kindsOf, type ValueKind } from './kinds';
import { isObject, type JsonObject, under } from './places';
import { BooleanChoice, LongText, NumberText } from './plain';
import { useScope } from './scope';
import { YamlField } from './YamlField';

type Props = {
  value: unknown;
  onChange: (next: unknown) => void;
  pointer: string;
  label: string;
  /** What kinds it may be; everything when left out. */
  schema?: JsonObject;
  depth?: number;
};

const NO_SCHEMA: JsonObject = {};

export function ValueField({ value, onChange, pointer, label, schema = NO_SCHEMA, depth = 0 }: Props) {
  const { place, disabled } = useScope();
  const [asYaml, showYaml] = useState(false);
  const kept = useRef(new Map<ValueKind, unknown>());
  const expressions = place !== null;
  const kind = kindOf(value, expressions);
  const turn = (to: ValueKind) => {
    kept.current.set(kind, value);
    onChange(kept.current.has(to) && (to === 'list' || to === 'object') ? kept.current.get(to) : become(value, to));
  };
  const compound = kind === 'list' || kind === 'object';
  const head = (
    <KindSwitch kind={kind} kinds={kindsOf(schema, expressions)} label={label} onChange={turn} disabled={disabled} />
  );
  if (!compound)
    return (
      <div className="value value-single">
        {head}
        <div className="value-field">
          <Single {...{ kind, value, onChange, pointer, label, schema }} />
        </div>
      </div>
    );
  const count = Array.isArray(value) ? value.length : Object.keys(value as JsonObject).length;
  return (
    <div className="value value-compound" data-depth={depth}>
      <div className="value-head">
        {head}
        <span className="quiet">{countWords(kind, count)}</span>
        {depth === 0 && (
          <Tooltip label={asYaml ? 'Edit by fields' : 'Edit as YAML'}>
            <ActionIcon
              variant={asYaml ? 'default' : 'subtle'}
              color="gray"
              size="sm"
              aria-label={`Edit ${label} as YAML`}
              aria-pressed={asYaml}
              onClick={() => showYaml(!asYaml)}
            >
              <Icon name="code" size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {asYaml ? (
        <YamlField value={value} onChange={onChange} label={label} />
      ) : (
        <Members value={value as JsonObject | unknown[]} {...{ onChange, pointer, label, depth }} />
      )}
    </div>
  );
}

function countWords(kind: ValueKind, count: number): string {
  if (count === 0) return kind === 'list' ? 'Empty list' : 'Empty object';
  const word = kind === 'list' ? 'item' : 'key';
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function Single({ kind, value, onChange, pointer, label, schema }: Omit<Props, 'depth'> & { kind: ValueKind }) {
  const { place } = useScope();
  const words = schema && wordsOf(schema);
  if (kind === 'text' && words)
    return (
      <ChoiceField value={value || undefined} onChange={onChange} label={label} choices={words} optional={false} />
    );
  if (kind === 'number') return <NumberText value={value} onChange={onChange} label={label} />;
  if (kind === 'boolean') return <BooleanChoice value={value === true} onChange={onChange} label={label} />;
  if (kind === 'null') return <span className="quiet value-null">null</span>;
  if (!place) return <LongText value={value as string} onChange={onChange} label={label} />;
  return <ExpressionField value={value as string} onChange={onChange} pointer={pointer} label={label} />;
}

/** The words that a text must be one of, where it is no expression. */
function wordsOf(schema: JsonObject): unknown[] | null {
  const alternatives = Array.isArray(schema.anyOf) ? schema.anyOf : [];
  return alternatives.find((each) => isObject(each) && Array.isArray(each.enum))?.enum ?? null;
}

type MembersProps = Required<Omit<Props, 'schema' | 'value'>> & { value: JsonObject | unknown[] };

function Members({ value, onChange, pointer, label, depth }: MembersProps) {
  const { disabled } = useScope();
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  const keys = entries.map(([key]) => key);
  const put = (next: [string, unknown][]) => onChange(list ? next.map(([, each]) => each) : Object.fromEntries(next));
  return (
    <div className="members" role="group" aria-label={label}>
      {entries.map(([key, each], index) => (
        <Member
          // biome-ignore lint/suspicious/noArrayIndexKey: a key that is renamed stays the same row
          key={index}
          name={key}
          taken={list ? null : keys}
          value={each}
          pointer={under(pointer, key)}
          label={label}
          depth={depth}
          onChange={(name, next) => put(entries.map((other, at) => (at === index ? [name, next] : other)))}
          onRemove={() => put(entries.filter((_, at) => at !== index))}
        />
      ))}
      {!disabled && (
        <Button
          className="member-add"
          size="compact-xs"
          variant="subtle"
          leftSection={<Icon name="plus" size={12} />}
          aria-label={list ? `Add an item to ${label}` : `Add a key to ${label}`}
          onClick={() => put([...entries, [list ? '' : freeKey(keys), '']])}
        >
          {list ? 'Item' : 'Key'}
        </Button>
      )}
    </div>
  );
}

type MemberProps = {
  name: string;
  /** The keys beside it; null in a list. */
  taken: string[] | null;
  value: unknown;
  pointer: string;
  label: string;
  depth: number;
  onChange: (name: string, next: unknown) => void;
  onRemove: () => void;
};

function Member({ name, taken, value, pointer, label, depth, onChange, onRemove }: MemberProps) {
  const { disabled, problems } = useScope();
  const whole = taken ? `${label}, ${name || 'key without a name'}` : `${label}, item ${Number(name) + 1}`;
  const compound = isObject(value) || Array.isArray(value);
  return (
    <div className="member" data-pointer={pointer} data-compound={compound || undefined}>
      {taken ? (
        <KeyInput name={name} label={label} taken={taken} onChange={(to) => onChange(to, value)} />
      ) : (
        <span className="member-index">{Number(name) + 1}</span>
      )}
      <div className="member-value">
        <ValueField
          value={value}
          onChange={(to) => onChange(name, to === undefined ? null : to)}
          pointer={pointer}
          label={whole}
          depth={depth + 1}
        />
        <Wrong told={problems(pointer)} />
      </div>
      {!disabled && (
        <ActionIcon
          className="member-remove"
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Remove ${whole}`}
          onClick={onRemove}
        >
          <Icon name="x" size={14} />
        </ActionIcon>
      )}
    </div>
  );
}
