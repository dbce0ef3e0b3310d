// The YAML text of one value: taken over whenever it can be read, kept as typed while it cannot.
import { useMemo, useState } from 'react';
import { CodeField } from './CodeField';
import { Wrong } from './Frame';
import { useScope } from './scope';
import type { YamlFieldProps } from './YamlField';
import { readYaml, toYaml } from './yaml_text';

export default function YamlText({ value, onChange, label, refuse }: YamlFieldProps) {
  const { disabled } = useScope();
  const [typed, type] = useState<{ text: string; gave: string } | null>(null);
  const now = JSON.stringify(value);
  const ours = typed?.gave === now ? typed : null;
  const text = ours?.text ?? toYaml(value).trimEnd();
  const read = useMemo(() => readYaml(text), [text]);
  const marks = useMemo(() => {
    const why = read.errors.length === 0 ? (refuse?.(read.value) ?? null) : null;
    return why ? [{ message: why, line: 1, column: 1 }] : read.errors;
  }, [read, refuse]);
  return (
    <>
      <CodeField
        language="yaml"
        label={`${label} as YAML`}
        value={text}
        disabled={disabled}
        invalid={marks.length > 0}
        marks={marks}
        onChange={(next) => {
          const parsed = readYaml(next);
          const good = parsed.errors.length === 0 && !refuse?.(parsed.value);
          type({ text: next, gave: good ? (JSON.stringify(parsed.value) ?? '') : (now ?? '') });
          if (good) onChange(parsed.value);
        }}
      />
      <Wrong told={marks.map((mark) => ({ ...mark, message: `${mark.message} The value stays as it was.` }))} />
    </>
  );
}
