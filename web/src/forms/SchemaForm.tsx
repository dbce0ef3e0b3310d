// A form made from a JSON Schema: each key with the field that suits it.
import { useMemo } from 'react';
import { Wrong } from './Frame';
import { Keys } from './Keys';
import { isObject, type Place } from './places';
import { resolve } from './schema';
import { type Scope, ScopeContext, useScope } from './scope';
import { ValueField } from './ValueField';
import './forms.css';

export { examplesOf, sample } from './sample';

type Props = {
  schema: unknown;
  value: unknown;
  onChange: (next: unknown) => void;
  /** What is wrong, by JSON pointer: into the definition when it is given, else into the value. */
  problems?: Record<string, string> | Scope['problems'];
  disabled?: boolean;
  /** The definition around the value; left out, values are plain and cannot be expressions. */
  expressions?: Place;
  /** Schemas that `$ref`s of the form `#/$defs/…` lead to, where the schema itself has none. */
  defs?: Record<string, unknown>;
  /** Keys that are edited elsewhere. */
  hidden?: readonly string[];
  /** Whether keys that may be left out are shown too; so it is where there are no expressions. */
  all?: boolean;
  /** Adds a name to the definition's connections. */
  addConnection?: (name: string) => void;
};

export function SchemaForm({ schema, value, onChange, problems, disabled = false, expressions, defs, ...rest }: Props) {
  const pointer = expressions?.pointer ?? '';
  const { addConnection } = rest;
  const scope = useMemo<Scope>(() => {
    const own = isObject(schema) ? { ...defs, ...inner(schema.definitions), ...inner(schema.$defs) } : { ...defs };
    return { place: expressions ?? null, problems: asFunction(problems), disabled, defs: own, addConnection };
  }, [schema, defs, expressions, problems, disabled, addConnection]);
  return (
    <ScopeContext value={scope}>
      <Whole schema={resolve(schema, scope.defs)} value={value} pointer={pointer} onChange={onChange} {...rest} />
    </ScopeContext>
  );
}

type WholeProps = Pick<Props, 'value' | 'onChange' | 'hidden' | 'all'> & {
  schema: Record<string, unknown>;
  pointer: string;
};

function Whole({ schema, value, pointer, onChange, hidden, all }: WholeProps) {
  const { problems } = useScope();
  const fields = isObject(schema.properties) && (isObject(value) || value === undefined || value === null);
  return (
    <>
      <Wrong told={problems(pointer)} />
      {fields ? (
        <Keys schema={schema} value={isObject(value) ? value : {}} {...{ pointer, onChange, hidden, all }} />
      ) : (
        <ValueField value={value} onChange={onChange} pointer={pointer} label="Value" schema={schema} />
      )}
    </>
  );
}

function inner(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function asFunction(problems: Props['problems']): Scope['problems'] {
  if (typeof problems === 'function') return problems;
  if (!problems) return () => [];
  return (pointer, below = false) =>
    Object.entries(problems)
      .filter(([at]) => at === pointer || (below && at.startsWith(`${pointer}/`)))
      .map(([, message]) => ({ message }));
}
