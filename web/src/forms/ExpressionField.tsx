// A text that may be an expression or a template: completion, types and problems come from the server's checker.
import { useCallback, useEffect, useMemo, useState } from 'react';
import { CodeField } from './CodeField';
import { hiddenBefore, shown, typed } from './expressions';
import { askHints, type Hints } from './hints';
import { useScope } from './scope';

type Props = {
  value: string;
  onChange: (next: string) => void;
  pointer: string;
  label: string;
};

const TYPE_AFTER_MS = 350;

export function ExpressionField({ value, onChange, pointer, label }: Props) {
  const { place, problems, disabled } = useScope();
  const written = shown(value);
  const hidden = hiddenBefore(value);
  const told = problems(pointer);
  const [focused, focus] = useState(false);

  const ask = useCallback(
    async (offset: number, signal: AbortSignal): Promise<Hints | null> => {
      if (!place) return null;
      const hints = await askHints({ ...place, pointer }, value, offset + hidden, signal);
      const hover = hints?.hover && { ...hints.hover, from: hints.hover.from - hidden, to: hints.hover.to - hidden };
      return hints && { ...hints, from: hints.from - hidden, hover: hover ?? null };
    },
    [place, pointer, value, hidden],
  );
  const marks = useMemo(
    () =>
      told.map(({ message, line, column }) => ({
        message,
        line,
        column: column && line === 1 ? Math.max(1, column - hidden) : column,
      })),
    [told, hidden],
  );
  const type = useTypeOf(value, focused && written.as === 'expression' ? ask : null);
  return (
    <div className={`expression expression-${written.as}`}>
      {written.as === 'expression' && (
        <span className="expression-sign" aria-hidden="true">
          =
        </span>
      )}
      <CodeField
        value={written.text}
        onChange={(text) => onChange(typed(written, text))}
        language={written.as}
        label={written.as === 'expression' ? `${label}, expression` : label}
        disabled={disabled}
        invalid={told.length > 0}
        marks={marks}
        ask={place ? ask : undefined}
        onFocus={() => focus(true)}
        onBlur={() => focus(false)}
      />
      {type && (
        <output className="expression-type" aria-label={`Type of ${label}`}>
          {type}
        </output>
      )}
    </div>
  );
}

/** The type of the whole expression, once one has stopped typing. */
function useTypeOf(value: string, ask: ((offset: number, signal: AbortSignal) => Promise<Hints | null>) | null) {
  const [known, know] = useState<{ value: string; type: string | null }>();
  const asking = ask !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew for a text, not for each form it is asked in
  useEffect(() => {
    if (!asking || value.length < 2) return;
    const stopped = new AbortController();
    const timer = window.setTimeout(async () => {
      const hints = await ask?.(value.length - hiddenBefore(value), stopped.signal);
      if (!stopped.signal.aborted) know({ value, type: hints?.type ?? null });
    }, TYPE_AFTER_MS);
    return () => {
      window.clearTimeout(timer);
      stopped.abort();
    };
  }, [value, asking]);
  return asking && known?.value === value ? known.type : null;
}
