// The frame of a field: its name, what it is for, the field itself, and what is wrong with it.
import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../components/icons';
import type { Told } from './places';
import { useScope } from './scope';

type Props = {
  pointer: string;
  label: string;
  labelId: string;
  about?: unknown;
  required?: boolean;
  /** Whether it shows what is wrong anywhere in its value, because no field within does. */
  whole?: boolean;
  aside?: ReactNode;
  onRemove?: () => void;
  children: ReactNode;
};

export function Frame({ pointer, label, labelId, about, required, whole = false, aside, onRemove, children }: Props) {
  const { problems, disabled } = useScope();
  const told = problems(pointer, whole);
  return (
    <div className="field" data-pointer={pointer} data-invalid={told.length > 0 || undefined}>
      <div className="field-head">
        <span className="field-label" id={labelId}>
          {label}
          {required && (
            <span className="field-required" title="Required" aria-hidden="true">
              {' *'}
            </span>
          )}
        </span>
        <span className="field-aside">
          {aside}
          {onRemove && !disabled && (
            <Tooltip label="Take this setting out">
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Remove ${label}`} onClick={onRemove}>
                <Icon name="x" size={14} />
              </ActionIcon>
            </Tooltip>
          )}
        </span>
      </div>
      {typeof about === 'string' && about !== '' && <p className="field-about">{withCode(about)}</p>}
      {children}
      <Wrong told={told} id={`${labelId}-wrong`} />
    </div>
  );
}

export function Wrong({ told, id }: { told: readonly Told[]; id?: string }) {
  if (told.length === 0) return null;
  return (
    <ul className="field-wrong" id={id}>
      {told.map((each) => (
        <li key={`${each.line}:${each.column}:${each.message}`}>
          <Icon name="alert" size={14} />
          <span>
            {each.message}
            {!!each.line && each.line > 1 && ` (line ${each.line})`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A description's `words in backticks` as code. */
export function withCode(text: string): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: a description never changes
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}
