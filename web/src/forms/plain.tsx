// Fields of plain values: text, number with all its digits, true or false.
import { Checkbox, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { numberOf, rawDigits } from '../api/exact_json';
import { useScope } from './scope';

type Of<T> = { value: T; onChange: (next: unknown) => void; label: string; placeholder?: string };

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

export function LongText({ value, onChange, label, placeholder }: Of<string>) {
  const { disabled } = useScope();
  const given = { value, placeholder, 'aria-label': label, size: 'sm' as const, readOnly: disabled };
  if (value.length > 44 || value.includes('\n'))
    return <Textarea {...given} autosize minRows={1} maxRows={12} onChange={(event) => onChange(event.target.value)} />;
  return <TextInput {...given} onChange={(event) => onChange(event.target.value)} />;
}

export function SecretText({ value, onChange, label, placeholder }: Of<string>) {
  const { disabled } = useScope();
  return (
    <PasswordInput
      value={value}
      placeholder={placeholder}
      aria-label={label}
      autoComplete="off"
      readOnly={disabled}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** A number keeps its digits as they were typed; undefined when it is emptied. */
export function NumberText({ value, onChange, label, placeholder }: Of<unknown>) {
  const { disabled } = useScope();
  const [text, type] = useState<string | null>(null);
  const wrong = text !== null && text !== '' && !NUMBER.test(text);
  const own = value === undefined || value === null ? '' : (rawDigits(value) ?? String(value));
  return (
    <TextInput
      value={text ?? own}
      placeholder={placeholder}
      aria-label={label}
      inputMode="decimal"
      readOnly={disabled}
      error={wrong ? 'This is not a number.' : undefined}
      onBlur={() => !wrong && type(null)}
      onChange={(event) => {
        const next = event.target.value.trim();
        type(next);
        if (NUMBER.test(next)) onChange(numberOf(next));
        else if (next === '') onChange(undefined);
      }}
    />
  );
}

export function BooleanChoice({ value, onChange, label }: Of<boolean>) {
  const { disabled } = useScope();
  return (
    <Checkbox
      checked={value}
      label={value ? 'Yes' : 'No'}
      aria-label={label}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}
