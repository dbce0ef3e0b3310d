// The definition as YAML: the same document as on the canvas.
import { useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../components/icons';
import { CodeField } from '../forms/CodeField';
import { onJump } from '../forms/jump';
import { isObject, valueAt } from '../forms/places';
import { readYaml, toYaml, type YamlMark } from '../forms/yaml_text';
import type { Definition } from './document';
import type { Problem, Problems } from './problems';
import { whyNoDefinition } from './shape';
import './panels.css';

export type DefinitionViewProps = {
  definition: Definition;
  problems: Problems;
  readOnly?: boolean;
  onChange: (next: Definition) => void;
};
/** What was typed, and the definition that it stands for: the last good one while it cannot be read. */
type Typed = { text: string; stands: string };

const QUIET_MS = 200;

export function DefinitionView({ definition, problems, readOnly, onChange }: DefinitionViewProps) {
  const now = useMemo(() => JSON.stringify(definition), [definition]);
  const [typed, type] = useState<Typed | null>(null);
  const [pending, setPending] = useState(false);
  const [line, goTo] = useState<{ line: number } | null>(null);
  const text = useMemo(
    () => (typed && (pending || typed.stands === now) ? typed.text : toYaml(definition)),
    [typed, pending, now, definition],
  );
  const read = useMemo(() => parsed(text), [text]);
  const take = useRef<() => void>(() => undefined);
  take.current = () => {
    if (!pending) return;
    setPending(false);
    const stands = read.errors.length === 0 ? JSON.stringify(read.value) : now;
    type({ text, stands });
    if (stands !== now) onChange(read.value as Definition);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each letter begins the pause anew
  useEffect(() => {
    if (!pending) return;
    const timer = window.setTimeout(() => take.current(), QUIET_MS);
    return () => window.clearTimeout(timer);
  }, [pending, text]);
  useEffect(() => () => take.current(), []);
  const at = useRef(read);
  at.current = read;
  useEffect(() => onJump((pointer) => goTo({ line: at.current.lineOf(pointer) })), []);
  const marks = useMemo(
    () => (read.errors.length > 0 ? read.errors : problems.problems.map((each) => marked(each, definition, read))),
    [read, problems, definition],
  );
  const first = read.errors[0];
  return (
    <section className="definition-view" aria-label="Definition">
      <div className="definition-head" role="status">
        {first ? (
          <button type="button" className="definition-error" onClick={() => goTo({ line: first.line })}>
            <Icon name="alert" size={16} /> Line {first.line}: {first.message}
            <span>The canvas keeps the last version that could be read.</span>
          </button>
        ) : (
          <span className="quiet">
            {readOnly
              ? 'The definition as YAML.'
              : 'The same document as on the canvas, as YAML. Comments are not kept.'}
          </span>
        )}
      </div>
      <div className="definition-text">
        <CodeField
          size="fill"
          language="yaml"
          label="Definition as YAML"
          value={text}
          disabled={readOnly}
          marks={marks}
          goTo={line}
          onChange={(next) => {
            type({ text: next, stands: now });
            setPending(true);
          }}
        />
      </div>
    </section>
  );
}

type Read = ReturnType<typeof readYaml>;

/** The text as a definition: what is no flow at all is refused like what is no YAML. */
function parsed(text: string): Read {
  const read = readYaml(text);
  const why = read.errors.length === 0 ? whyNoDefinition(read.value) : null;
  return why ? { ...read, errors: [{ line: read.lineOf(why.pointer), column: 1, message: why.message }] } : read;
}

/** Where a problem stands in the text; within a text of several lines, at its own line. */
function marked(problem: Problem, definition: Definition, read: Read): YamlMark {
  const value = valueAt(definition, problem.pointer);
  const block = typeof value === 'string' && value.includes('\n');
  const line = read.lineOf(problem.pointer) + (block && problem.line ? problem.line : 0);
  const place = isObject(value) || problem.workspace === null ? '' : `${problem.workspace}: `;
  return { line, column: 0, message: `${place}${problem.message}` };
}
