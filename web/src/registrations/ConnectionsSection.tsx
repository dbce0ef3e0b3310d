// Binds the connections that the flow asks for to connections of the workspace.
import { Button, Group, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { connectionsQuery } from '../api/queries';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { problemsBelow } from './ConfigSection';
import { type Registration, useChange, type useNeeds } from './queries';
import { Refusal } from './Refusal';

type Props = { registration: Registration; needs: ReturnType<typeof useNeeds> };
type Bindings = Record<string, string>;

export function ConnectionsSection({ registration, needs }: Props) {
  const asked = Object.entries(needs.definition?.connections ?? {});
  const { data = [], error, isPending } = useQuery(connectionsQuery(registration.workspace));
  const [edited, setEdited] = useState<Bindings>();
  const change = useChange(registration.workspace);
  if (asked.length === 0) return null;
  const bound = edited ?? registration.connections;
  const problems = problemsBelow('/connections', change.error);
  const bind = (name: string, slug: string | null) => {
    const { [name]: _, ...others } = bound;
    setEdited(slug ? { ...others, [name]: slug } : others);
  };
  const saved = () => {
    setEdited(undefined);
    said('The connections are bound.');
  };
  return (
    <section aria-labelledby="registration-connections">
      <h3 id="registration-connections">Connections</h3>
      {error && <ErrorBox error={error} />}
      <Stack gap="xs">
        {asked.map(([name, { connector }]) => (
          <Select
            key={name}
            label={name}
            description={`A connection of this workspace by connector ${connector}`}
            placeholder={isPending ? 'Loading…' : 'Not bound'}
            data={choices(
              data.filter((each) => each.connector === connector),
              bound[name],
            )}
            value={bound[name] ?? null}
            error={problems[`/${name}`]}
            onChange={(slug) => bind(name, slug)}
            clearable
            searchable
            nothingFoundMessage="This workspace has no such connection"
          />
        ))}
      </Stack>
      {change.error && Object.keys(problems).length === 0 && <Refusal error={change.error} />}
      <Group gap="md" mt="sm">
        <Button
          size="sm"
          className={edited ? 'cta' : undefined}
          disabled={!edited}
          loading={change.isPending}
          onClick={() => change.mutate({ connections: bound }, { onSuccess: saved })}
        >
          Bind
        </Button>
        <Link className="link" to="/connections" search={{ workspace: registration.workspace }}>
          Create a connection in this workspace
        </Link>
      </Group>
    </section>
  );
}

/** What can be chosen; what is bound stays visible, also when it is gone. */
function choices(connections: { slug: string }[], bound: string | undefined): string[] {
  const slugs = connections.map((each) => each.slug);
  return bound && !slugs.includes(bound) ? [...slugs, bound] : slugs;
}
