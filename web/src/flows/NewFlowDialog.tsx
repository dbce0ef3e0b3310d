// Creates a flow: name, address, workspace, where it may be registered; then its editor opens.
import '../mantine_rest';
import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, must, onceOnly, type S } from '../api/client';
import { workspacesQuery } from '../api/queries';
import { ErrorBox } from '../components/States';
import { WorkspaceSelect } from '../components/WorkspaceSelect';
import { suggestedSlug } from './slug';

type Visibility = S['Visibility'];
type Props = { workspace: string | undefined; close: () => void };

export default function NewFlowDialog({ workspace, close }: Props) {
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string>();
  const [home, setHome] = useState(workspace);
  const [visibility, setVisibility] = useState<Visibility>('shared');
  const [key] = useState(onceOnly);
  const navigate = useNavigate();
  const slug = ownSlug ?? suggestedSlug(name);
  const create = useMutation({
    mutationFn: (ws: string) =>
      must(api.POST('/flows', { body: { slug, name: name.trim(), workspace: ws, visibility }, headers: key })),
    onSuccess: (flow, ws) => navigate({ to: '/flows/$flow', params: { flow: flow.slug }, search: { workspace: ws } }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (home) create.mutate(home);
  };
  return (
    <Modal opened onClose={close} title="New flow" size="md">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            placeholder="Invoice approval"
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={200}
            required
            data-autofocus
          />
          <TextInput
            label="Slug"
            description="Its name in addresses and in calls by other flows; it never changes."
            value={slug}
            onChange={(event) => setOwnSlug(event.target.value)}
            pattern="[a-z0-9][a-z0-9\-]{0,62}"
            title="Small letters, digits and hyphens, at most 63"
            classNames={{ input: 'mono' }}
            required
          />
          <WorkspaceSelect label="Workspace" none="Choose its home" value={home} onChange={setHome} required w="100%" />
          <NoWorkspaces />
          <Radio.Group
            label="Where it may be registered"
            value={visibility}
            onChange={(to) => setVisibility(to as Visibility)}
          >
            <Stack gap={8} mt={6}>
              <Radio value="shared" label="Shared: in any workspace of the account" />
              <Radio value="private" label="Private: only in its own workspace" />
            </Stack>
          </Radio.Group>
          {create.error && <ErrorBox error={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" className="cta" loading={create.isPending} disabled={!home || !slug || !name.trim()}>
              Create flow
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function NoWorkspaces() {
  const { data } = useQuery(workspacesQuery());
  if (data?.length !== 0) return null;
  return (
    <p className="quiet flows-hint">
      There is no workspace yet.{' '}
      <Link className="link" to="/workspaces">
        Create one first
      </Link>
      : it is where the flow runs.
    </p>
  );
}
