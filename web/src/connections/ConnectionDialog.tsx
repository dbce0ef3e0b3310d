// Creates a connection, or changes one: a secret that is kept can be replaced, never seen.
import { Button, Group, Modal, PasswordInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, must, onceOnly, type S } from '../api/client';
import { ApiProblem } from '../api/problem';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { AUTH_FIELDS, AUTH_KINDS, type AuthKind, KEPT, type Settings, settingsOf } from './settings_form';

type Connection = S['ConnectionAnswer'];
type Props = { workspace: string; connection?: Connection; close: (saved?: Connection) => void };

export function ConnectionDialog({ workspace, connection, close }: Props) {
  const before = connection?.settings as Settings | undefined;
  const [slug, setSlug] = useState(connection?.slug ?? '');
  const [baseUrl, setBaseUrl] = useState(before?.base_url ?? '');
  const [kind, setKind] = useState<AuthKind>(before?.auth?.kind ?? 'none');
  const [auth, setAuth] = useState<Record<string, unknown>>(before?.auth ?? {});
  const [hosts, setHosts] = useState((before?.allowed_hosts ?? []).join('\n'));
  const [key] = useState(onceOnly);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => {
      const settings = settingsOf({ base_url: baseUrl, kind, auth, hosts });
      const path = { ws: workspace, connection: slug };
      return connection
        ? must(api.PATCH('/workspaces/{ws}/connections/{connection}', { params: { path }, body: { settings } }))
        : must(
            api.POST('/workspaces/{ws}/connections', {
              params: { path: { ws: workspace } },
              body: { slug, connector: 'http', settings },
              headers: key,
            }),
          );
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ['connections', workspace] });
      said(`Connection ${saved.slug} is saved.`);
      close(saved);
    },
  });
  const wrong = (place: string) =>
    save.error instanceof ApiProblem
      ? save.error.problems.find((each) => each.pointer === `/settings/${place}`)?.message
      : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const kept = kind === before?.auth?.kind;
  return (
    <Modal opened onClose={() => close()} title={connection ? `Change ${connection.slug}` : 'New connection'} size="lg">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            description="As registrations refer to it; it never changes."
            value={slug}
            onChange={(event) => setSlug(event.target.value)}
            disabled={connection !== undefined}
            pattern="[a-z0-9][a-z0-9\-]{0,62}"
            title="Small letters, digits and hyphens, at most 63"
            classNames={{ input: 'mono' }}
            data-autofocus
            required
          />
          <TextInput
            label="Base URL"
            placeholder="https://erp.example.com/api"
            value={baseUrl}
            onChange={(event) => setBaseUrl(event.target.value)}
            error={wrong('base_url')}
            required
          />
          <Select
            label="Sign-in"
            data={AUTH_KINDS}
            value={kind}
            onChange={(to) => setKind((to ?? 'none') as AuthKind)}
            allowDeselect={false}
          />
          {AUTH_FIELDS[kind].map((field) => {
            const Field = field.secret ? PasswordInput : TextInput;
            const isKept = field.secret && kept && (auth[field.key] ?? KEPT) === KEPT;
            return (
              <Field
                key={field.key}
                label={field.label}
                description={isKept ? 'A secret is kept; type to replace it.' : field.hint}
                placeholder={isKept ? '••••••••' : undefined}
                value={isKept ? '' : String(auth[field.key] ?? '')}
                onChange={(event) => setAuth({ ...auth, [field.key]: event.target.value || (isKept ? KEPT : '') })}
                error={wrong(`auth/${field.key}`)}
                autoComplete="off"
                required={!field.optional && !isKept}
              />
            );
          })}
          <Textarea
            label="Further hosts that may see the secret"
            description="One a line; the host of the base URL always may. Redirects elsewhere go without it."
            autosize
            minRows={1}
            maxRows={5}
            value={hosts}
            onChange={(event) => setHosts(event.target.value)}
            error={wrong('allowed_hosts')}
          />
          {save.error && <ErrorBox error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => close()}>
              Cancel
            </Button>
            <Button type="submit" className="cta" loading={save.isPending}>
              {connection ? 'Save' : 'Create connection'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
