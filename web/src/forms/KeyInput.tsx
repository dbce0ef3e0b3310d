// The key of a value in an object whose keys are free.
import { useState } from 'react';
import { useScope } from './scope';

export function freeKey(taken: string[]): string {
  for (let number = 1; ; number++) if (!taken.includes(`key${number}`)) return `key${number}`;
}

type KeyProps = { name: string; label: string; taken: string[]; onChange: (name: string) => void };

/** A key, changed when one leaves it, so that it never clashes with another on the way. */
export function KeyInput({ name, label, taken, onChange }: KeyProps) {
  const { disabled } = useScope();
  const [text, type] = useState<string | null>(null);
  const clash = text !== null && text !== name && taken.includes(text);
  const leave = () => {
    if (text !== null && text !== name && !clash) onChange(text);
    type(null);
  };
  return (
    <input
      className="member-key"
      aria-label={`Key in ${label}`}
      aria-invalid={clash}
      title={clash ? 'This key is there already.' : (text ?? name)}
      value={text ?? name}
      readOnly={disabled}
      onChange={(event) => type(event.target.value)}
      onBlur={leave}
      onKeyDown={(event) => event.key === 'Enter' && leave()}
    />
  );
}
