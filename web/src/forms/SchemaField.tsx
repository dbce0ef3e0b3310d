// A JSON Schema: the fields of an object as rows, any depth; everything else as its YAML text.
import { ActionIcon, Button, Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../components/icons';
import { isObject } from './places';
import { ROW_TYPES, type Row, type RowType, rowsOf, withRows, withTitle, withType } from './schema_rows';
import { useScope } from './scope';
import { YamlField } from './YamlField';

type Props = { value: unknown; onChange: (next: unknown) => void; label: string; pointer: string };

const TYPES = Object.entries(ROW_TYPES).map(([value, label]) => ({ value, label }));
const notObject = (value: unknown) => (isObject(value) || typeof value === 'boolean' ? null : 'A schema is an object.');

export function SchemaField({ value, onChange, label }: Props) {
  const [asText, showText] = useState(false);
  const rows = rowsOf(value ?? { type: 'object' });
  return (
    <div className="schema-field">
      <SegmentedControl
        size="xs"
        aria-label={`Edit ${label} as`}
        value={asText || !rows ? 'text' : 'fields'}
        onChange={(to) => showText(to === 'text')}
        data={[
          { value: 'fields', label: 'Fields', disabled: !rows },
          { value: 'text', label: 'JSON Schema' },
        ]}
      />
      {asText || !rows ? (
        <YamlField value={value ?? { type: 'object' }} onChange={onChange} label={label} refuse={notObject} />
      ) : (
        <Rows rows={rows} label={label} onChange={(next) => onChange(withRows(value, next))} />
      )}
    </div>
  );
}

function Rows({ rows, label, onChange }: { rows: Row[]; label: string; onChange: (next: Row[]) => void }) {
  const { disabled } = useScope();
  const names = rows.map((row) => row.name);
  const fresh = () => {
    for (let number = rows.length + 1; ; number++) if (!names.includes(`field_${number}`)) return `field_${number}`;
  };
  return (
    <div className="schema-rows" role="group" aria-label={`Fields of ${label}`}>
      {rows.map((row, index) => (
        <OneRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a field that is renamed stays the same row
          key={index}
          row={row}
          taken={names}
          label={label}
          onChange={(next) => onChange(rows.map((each, at) => (at === index ? next : each)))}
          onRemove={() => onChange(rows.filter((_, at) => at !== index))}
        />
      ))}
      {!disabled && (
        <Button
          className="member-add"
          size="compact-xs"
          variant="subtle"
          leftSection={<Icon name="plus" size={12} />}
          aria-label={`Add a field to ${label}`}
          onClick={() =>
            onChange([
              ...rows,
              { name: fresh(), type: 'string', title: '', required: false, schema: { type: 'string' } },
            ])
          }
        >
          Field
        </Button>
      )}
    </div>
  );
}

type RowProps = { row: Row; taken: string[]; label: string; onChange: (next: Row) => void; onRemove: () => void };

function OneRow({ row, taken, label, onChange, onRemove }: RowProps) {
  const { disabled } = useScope();
  const [more, showMore] = useState(false);
  const items = row.type === 'array' ? row.schema.items : undefined;
  const name = `field ${row.name} of ${label}`;
  return (
    <div className="schema-row">
      <div className="schema-row-line">
        <RowName row={row} taken={taken} label={`Name of ${name}`} onChange={onChange} />
        <Select
          size="xs"
          aria-label={`Type of ${name}`}
          data={row.type ? TYPES : [{ value: 'own', label: 'As written' }, ...TYPES]}
          value={row.type ?? 'own'}
          allowDeselect={false}
          readOnly={disabled}
          onChange={(to) => to && to !== 'own' && onChange(withType(row, to as RowType))}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`More of ${name}`}
          aria-expanded={more}
          onClick={() => showMore(!more)}
        >
          <Icon name="chevron" size={14} className={more ? 'turned' : undefined} />
        </ActionIcon>
        {!disabled && (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Remove ${name}`} onClick={onRemove}>
            <Icon name="x" size={14} />
          </ActionIcon>
        )}
      </div>
      <div className="schema-row-line">
        <TextInput
          size="xs"
          aria-label={`Title of ${name}`}
          placeholder="Title for people"
          value={row.title}
          readOnly={disabled}
          style={{ flex: 1 }}
          onChange={(event) => onChange(withTitle(row, event.target.value))}
        />
        <Checkbox
          size="xs"
          label="Required"
          aria-label={`Required: ${name}`}
          checked={row.required}
          disabled={disabled}
          onChange={(event) => onChange({ ...row, required: event.target.checked })}
        />
      </div>
      {row.type === 'object' && (
        <div className="schema-inner">
          <Rows
            rows={rowsOf(row.schema) ?? []}
            label={row.name}
            onChange={(next) => onChange({ ...row, schema: withRows(row.schema, next) })}
          />
        </div>
      )}
      {items !== undefined && (
        <div className="schema-inner">
          <span className="quiet">Each item</span>
          <Items
            value={items}
            label={`items of ${row.name}`}
            onChange={(next) => onChange({ ...row, schema: { ...row.schema, items: next } })}
          />
        </div>
      )}
      {more && (
        <YamlField
          value={row.schema}
          label={`Schema of ${row.name}`}
          refuse={notObject}
          onChange={(next) => onChange(reread(row, next))}
        />
      )}
    </div>
  );
}

/** A row whose schema was edited as text. */
function reread(row: Row, schema: unknown): Row {
  const [read] = rowsOf({ properties: { [row.name]: schema } }) ?? [];
  return read ? { ...read, required: row.required } : row;
}

function Items({ value, label, onChange }: { value: unknown; label: string; onChange: (next: unknown) => void }) {
  const { disabled } = useScope();
  const [row] = rowsOf({ properties: { item: value } }) ?? [];
  if (!row) return null;
  return (
    <>
      <Select
        size="xs"
        aria-label={`Type of ${label}`}
        data={row.type ? TYPES : [{ value: 'own', label: 'As written' }, ...TYPES]}
        value={row.type ?? 'own'}
        allowDeselect={false}
        readOnly={disabled}
        onChange={(to) => to && to !== 'own' && onChange(withType(row, to as RowType).schema)}
      />
      {row.type === 'object' && (
        <Rows rows={rowsOf(row.schema) ?? []} label={label} onChange={(next) => onChange(withRows(row.schema, next))} />
      )}
    </>
  );
}

function RowName({ row, taken, label, onChange }: Pick<RowProps, 'row' | 'taken' | 'label' | 'onChange'>) {
  const { disabled } = useScope();
  const [text, type] = useState<string | null>(null);
  const clash = text !== null && text !== row.name && (taken.includes(text) || text === '');
  return (
    <TextInput
      size="xs"
      aria-label={label}
      value={text ?? row.name}
      readOnly={disabled}
      error={clash}
      style={{ flex: 1 }}
      onChange={(event) => type(event.target.value)}
      onBlur={() => {
        if (text !== null && text !== row.name && !clash) onChange({ ...row, name: text });
        type(null);
      }}
    />
  );
}
