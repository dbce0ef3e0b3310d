// Fields of values with a form of their own: durations, statuses, times of a schedule, code.
import { Group, NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { CodeField } from './CodeField';
import { durationOf, statusesOf, statusesText, UNITS, type Unit } from './formats';
import { useScope } from './scope';

type Of<T> = { value: T; onChange: (next: unknown) => void; label: string; fallback?: unknown };

const UNIT_CHOICES = Object.entries(UNITS).map(([value, label]) => ({ value, label }));

export function DurationField({ value, onChange, label, fallback }: Of<unknown>) {
  const { disabled } = useScope();
  const own = durationOf(value);
  const [unit, choose] = useState<Unit>(durationOf(fallback)?.unit ?? 's');
  const shown = own?.unit ?? unit;
  return (
    <Group gap={6} wrap="nowrap">
      <NumberInput
        value={own ? Number(own.count) : ''}
        placeholder={durationOf(fallback)?.count}
        aria-label={label}
        min={0}
        max={999_999_999}
        allowDecimal={false}
        allowNegative={false}
        readOnly={disabled}
        style={{ flex: 1 }}
        onChange={(count) => onChange(count === '' ? undefined : `${count}${shown}`)}
      />
      <Select
        aria-label={`Unit of ${label}`}
        data={UNIT_CHOICES}
        value={shown}
        allowDeselect={false}
        readOnly={disabled}
        w={130}
        comboboxProps={{ withinPortal: true }}
        onChange={(to) => {
          choose(to as Unit);
          if (own) onChange(`${own.count}${to}`);
        }}
      />
    </Group>
  );
}

export function StatusesField({ value, onChange, label }: Of<unknown>) {
  const { disabled } = useScope();
  const [typed, type] = useState<string | null>(null);
  return (
    <TextInput
      value={typed ?? statusesText(value) ?? ''}
      placeholder="200, 404, 5xx, 500-599"
      aria-label={label}
      readOnly={disabled}
      onBlur={() => type(null)}
      onChange={(event) => {
        type(event.target.value);
        onChange(statusesOf(event.target.value));
      }}
    />
  );
}

export function PythonField({
  value,
  onChange,
  label,
  wrong,
  marks,
}: Of<string> & { wrong: boolean; marks: readonly { message: string }[] }) {
  const { disabled } = useScope();
  return (
    <CodeField
      language="python"
      value={value}
      onChange={onChange}
      label={label}
      disabled={disabled}
      invalid={wrong}
      marks={marks}
    />
  );
}

const CRONS = [
  { value: '0 * * * *', label: 'Every hour' },
  { value: '*/15 * * * *', label: 'Every 15 minutes' },
  { value: '0 6 * * *', label: 'Every day at 6:00' },
  { value: '0 6 * * 1-5', label: 'Monday to Friday at 6:00' },
  { value: '0 6 * * 1', label: 'Every Monday at 6:00' },
  { value: '0 6 1 * *', label: 'On the 1st of each month at 6:00' },
];

export function CronField({ value, onChange, label }: Of<string>) {
  const { disabled } = useScope();
  return (
    <>
      <TextInput
        value={value}
        placeholder="minute hour day month weekday"
        aria-label={label}
        readOnly={disabled}
        className="mono-input"
        onChange={(event) => onChange(event.target.value)}
      />
      {!disabled && (
        <Select
          mt={6}
          size="xs"
          aria-label={`Common times for ${label}`}
          placeholder="Common times"
          data={CRONS}
          value={CRONS.some((each) => each.value === value) ? value : null}
          onChange={(to) => to && onChange(to)}
        />
      )}
    </>
  );
}

export function TimezoneField({ value, onChange, label }: Of<string>) {
  const { disabled } = useScope();
  const names = Intl.supportedValuesOf('timeZone');
  const all = ['UTC', ...names.filter((name) => name !== 'UTC')];
  return (
    <Select
      searchable
      aria-label={label}
      data={all.includes(value) ? all : [value, ...all]}
      value={value}
      allowDeselect={false}
      limit={60}
      readOnly={disabled}
      onChange={(to) => to && onChange(to)}
    />
  );
}
