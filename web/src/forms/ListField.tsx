// A list whose items follow one schema.
import { ActionIcon, Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../components/icons';
import { editorFor, Widget } from './Field';
import { Wrong } from './Frame';
import { type JsonObject, under } from './places';
import { blank, resolve } from './schema';
import { useScope } from './scope';

type Props = {
  schema: JsonObject;
  value: unknown[];
  pointer: string;
  label: string;
  onChange: (next: unknown) => void;
};

export function ListField({ schema, value, pointer, label, onChange }: Props) {
  const { defs, disabled } = useScope();
  const items = resolve(schema.items, defs);
  return (
    <div className="members" role="group" aria-label={label}>
      {value.map((item, index) => (
        <Item
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no other name
          key={index}
          schema={items}
          value={item}
          pointer={under(pointer, index)}
          label={`${label}, item ${index + 1}`}
          head={<span className="member-index">{index + 1}</span>}
          onChange={(next) => onChange(value.map((each, at) => (at === index ? (next ?? null) : each)))}
          onRemove={() => onChange(value.filter((_, at) => at !== index))}
        />
      ))}
      {!disabled && (
        <Button
          className="member-add"
          size="compact-xs"
          variant="subtle"
          leftSection={<Icon name="plus" size={12} />}
          aria-label={`Add an item to ${label}`}
          onClick={() => onChange([...value, blank(items, defs)])}
        >
          Item
        </Button>
      )}
    </div>
  );
}

type ItemProps = Omit<Props, 'value'> & { value: unknown; head: ReactNode; onRemove: () => void };

/** A value in a list or an object of free keys, behind its number or key. */
export function Item({ schema, value, pointer, label, head, onChange, onRemove }: ItemProps) {
  const { disabled, problems } = useScope();
  const editor = editorFor(schema, value);
  const compound = editor === 'object' || editor === 'list';
  return (
    <div className="member" data-pointer={pointer} data-compound={compound || undefined}>
      {head}
      <div className="member-value">
        <Widget {...{ editor, schema, value, pointer, label, onChange }} required />
        <Wrong told={problems(pointer)} />
      </div>
      {!disabled && (
        <ActionIcon
          className="member-remove"
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Remove ${label}`}
          onClick={onRemove}
        >
          <Icon name="x" size={14} />
        </ActionIcon>
      )}
    </div>
  );
}
