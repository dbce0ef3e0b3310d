// The configuration values of a registration, in a form made from the version's own schema.
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { ApiProblem } from '../api/problem';
import { said } from '../components/notices';
import { SchemaForm } from '../forms/SchemaForm';
import { type Registration, useChange, type useNeeds } from './queries';
import { Refusal } from './Refusal';

type Props = { registration: Registration; needs: ReturnType<typeof useNeeds> };

export function ConfigSection({ registration, needs }: Props) {
  const schema = needs.definition?.config;
  const kept = registration.config ?? {};
  const [edited, setEdited] = useState<unknown>();
  const change = useChange(registration.workspace);
  if (!hasFields(schema) && Object.keys(kept as object).length === 0) return null;
  const value = edited ?? kept;
  const dirty = edited !== undefined && JSON.stringify(edited) !== JSON.stringify(kept);
  const save = () =>
    change.mutate(
      { config: value as Record<string, unknown> },
      {
        onSuccess: () => {
          setEdited(undefined);
          said('The configuration is saved.');
        },
      },
    );
  const problems = problemsBelow('/config', change.error);
  return (
    <section aria-labelledby="registration-config">
      <h3 id="registration-config">
        Configuration {needs.version !== null && <span className="quiet">as v{needs.version} asks for it</span>}
      </h3>
      <SchemaForm schema={schema ?? {}} value={value} onChange={setEdited} problems={problems} />
      {change.error && Object.keys(problems).length === 0 && <Refusal error={change.error} />}
      {Object.keys(problems).length > 0 && (
        <p className="bad" role="alert">
          Not saved: {Object.values(problems).join(' ')}
        </p>
      )}
      <Group gap="xs" mt="sm">
        <Button
          className={dirty ? 'cta' : undefined}
          size="sm"
          disabled={!dirty}
          loading={change.isPending}
          onClick={save}
        >
          Save configuration
        </Button>
        {dirty && (
          <Button variant="default" size="sm" onClick={() => setEdited(undefined)}>
            Reset
          </Button>
        )}
      </Group>
    </section>
  );
}

function hasFields(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && Object.keys(schema).length > 0;
}

/** The problems of a refusal that lie below a pointer, with pointers that begin there. */
export function problemsBelow(pointer: string, error: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  if (!(error instanceof ApiProblem)) return found;
  for (const problem of error.problems)
    if (problem.pointer === pointer || problem.pointer.startsWith(`${pointer}/`))
      found[problem.pointer.slice(pointer.length)] = problem.message;
  return found;
}
