// An object of free keys whose values follow one schema.
import { Button } from '@mantine/core';
import { Icon } from '../components/icons';
import { freeKey, KeyInput } from './KeyInput';
import { Item } from './ListField';
import { type JsonObject, under } from './places';
import { blank, resolve } from './schema';
import { useScope } from './scope';

type Props = {
  schema: JsonObject;
  value: JsonObject;
  pointer: string;
  label: string;
  onChange: (next: unknown) => void;
};

export function MapField({ schema, value, pointer, label, onChange }: Props) {
  const { defs, disabled } = useScope();
  const items = resolve(schema.additionalProperties, defs);
  const entries = Object.entries(value);
  const keys = entries.map(([key]) => key);
  const replace = (index: number, entry: [string, unknown]) =>
    onChange(Object.fromEntries(entries.map((each, at) => (at === index ? entry : each))));
  return (
    <div className="members" role="group" aria-label={label}>
      {entries.map(([key, each], index) => (
        <Item
          // biome-ignore lint/suspicious/noArrayIndexKey: a key that is renamed stays the same row
          key={index}
          schema={items}
          value={each}
          pointer={under(pointer, key)}
          label={`${label}, ${key || 'key without a name'}`}
          head={<KeyInput name={key} label={label} taken={keys} onChange={(to) => replace(index, [to, each])} />}
          onChange={(next) => replace(index, [key, next ?? null])}
          onRemove={() => onChange(Object.fromEntries(entries.filter((_, at) => at !== index)))}
        />
      ))}
      {!disabled && (
        <Button
          className="member-add"
          size="compact-xs"
          variant="subtle"
          leftSection={<Icon name="plus" size={12} />}
          aria-label={`Add a key to ${label}`}
          onClick={() => onChange({ ...value, [freeKey(keys)]: blank(items, defs) })}
        >
          Key
        </Button>
      )}
    </div>
  );
}
