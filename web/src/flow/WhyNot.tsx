// A button that cannot be used now stays reachable, and says why: on hover, on focus, and to a screen reader.
import { Tooltip } from '@mantine/core';
import { type ReactElement, useId } from 'react';

type Off = { 'aria-disabled'?: true; 'data-disabled'?: true; 'aria-describedby'?: string };
type Props = { why: string | null; keys?: string; children: (off: Off) => ReactElement };

export function WhyNot({ why, keys, children }: Props) {
  const id = useId();
  const off: Off = why ? { 'aria-disabled': true, 'data-disabled': true, 'aria-describedby': id } : {};
  return (
    <>
      <Tooltip label={why ?? keys} disabled={!why && !keys} multiline maw={320} withinPortal={false} zIndex={300}>
        {children(off)}
      </Tooltip>
      {why && (
        <span id={id} className="visually-hidden">
          {why}
        </span>
      )}
    </>
  );
}
