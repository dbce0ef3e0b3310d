// API tokens: made with a role and, where wanted, for some workspaces only; the text is shown once.
import { Button, CopyButton, Group, Modal, MultiSelect, Select, Stack, Table, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, must, onceOnly, type S } from '../api/client';
import { tokensQuery, workspacesQuery } from '../api/queries';
import { Confirm } from '../components/Confirm';
import { ErrorBox, Loading } from '../components/States';
import { TimeAgo } from '../components/Time';
import { ROLES, type Role } from './roles';

type Token = S['TokenAnswer'];

export function TokensPart() {
  const { data, error, isPending } = useQuery(tokensQuery());
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const client = useQueryClient();
  return (
    <section aria-labelledby="tokens-title">
      <div className="settings-head">
        <h2 id="tokens-title">API tokens</h2>
        <Button variant="default" size="xs" onClick={() => setMaking(true)}>
          New token
        </Button>
      </div>
      {isPending && <Loading lines={3} label="Loading tokens" />}
      {error && <ErrorBox error={error} />}
      {data?.length === 0 && <p className="quiet">None yet. The command line and other programs sign in with one.</p>}
      {data && data.length > 0 && <Tokens tokens={data} revoke={setRevoking} />}
      {making && <NewTokenDialog close={() => setMaking(false)} />}
      {revoking && (
        <Confirm
          title={`Revoke ${revoking.name}`}
          act="Revoke token"
          close={() => setRevoking(undefined)}
          does={async () => {
            await must(api.DELETE('/tokens/{token}', { params: { path: { token: revoking.id } } }));
            await client.invalidateQueries({ queryKey: ['tokens'] });
          }}
        >
          Whoever uses it is signed out at once.
        </Confirm>
      )}
    </section>
  );
}

function Tokens({ tokens, revoke }: { tokens: Token[]; revoke: (token: Token) => void }) {
  return (
    <div className="settings-scroll">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Whose</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>Sees</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>
              <span className="sr-only">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td>{token.name}</Table.Td>
              <Table.Td>{token.user}</Table.Td>
              <Table.Td>{token.role}</Table.Td>
              <Table.Td>{token.workspaces ? token.workspaces.join(', ') : 'the whole account'}</Table.Td>
              <Table.Td>
                <TimeAgo at={token.last_used_at} />
              </Table.Td>
              <Table.Td>
                <Button size="compact-xs" variant="default" onClick={() => revoke(token)}>
                  Revoke<span className="sr-only"> {token.name}</span>
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function NewTokenDialog({ close }: { close: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [workspaces, setWorkspaces] = useState<string[]>([]);
  const [key] = useState(onceOnly);
  const client = useQueryClient();
  const { data: all = [] } = useQuery(workspacesQuery());
  const make = useMutation({
    mutationFn: () =>
      must(
        api.POST('/tokens', {
          body: { name: name.trim(), role, workspaces: workspaces.length ? workspaces : null },
          headers: key,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  if (make.data) return <Made text={make.data.token} close={close} />;
  return (
    <Modal opened onClose={close} title="New API token" size="md">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="What it is for"
            value={name}
            onChange={(event) => setName(event.target.value)}
            data-autofocus
            required
          />
          <Select
            label="Role"
            data={ROLES}
            value={role}
            onChange={(to) => setRole((to ?? 'viewer') as Role)}
            allowDeselect={false}
          />
          <MultiSelect
            label="Workspaces it sees"
            placeholder={workspaces.length ? undefined : 'The whole account'}
            data={all.map((each) => ({ value: each.slug, label: each.name }))}
            value={workspaces}
            onChange={setWorkspaces}
            limit={60}
            searchable
          />
          {make.error && <ErrorBox error={make.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" className="cta" loading={make.isPending} disabled={!name.trim()}>
              Make token
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Made({ text, close }: { text: string; close: () => void }) {
  return (
    <Modal opened onClose={close} title="The new token" size="md" closeOnClickOutside={false}>
      <Stack>
        <p>Copy it now: it is shown this once and cannot be read again.</p>
        <div className="settings-secret mono">
          <span>{text}</span>
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="compact-xs" variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </div>
        <Group justify="flex-end">
          <Button onClick={close}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
