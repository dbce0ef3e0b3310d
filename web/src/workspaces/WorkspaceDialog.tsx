// Creates a workspace, or changes one.
import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, must, onceOnly, type S } from '../api/client';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { suggestedSlug } from '../flows/slug';

type Workspace = S['WorkspaceAnswer'];
type Kind = S['WorkspaceKind'];

export const KINDS: { value: Kind; label: string }[] = [
  { value: 'standard', label: 'Standard' },
  { value: 'custom', label: 'Custom' },
  { value: 'project', label: 'Project' },
  { value: 'development', label: 'Development' },
];

export function kindWord(kind: string): string {
  return KINDS.find((each) => each.value === kind)?.label ?? kind;
}

export function WorkspaceDialog({ workspace, close }: { workspace?: Workspace; close: () => void }) {
  const [name, setName] = useState(workspace?.name ?? '');
  const [ownSlug, setOwnSlug] = useState<string>();
  const [kind, setKind] = useState<Kind>(workspace?.kind ?? 'standard');
  const [customer, setCustomer] = useState(workspace?.customer ?? '');
  const [key] = useState(onceOnly);
  const client = useQueryClient();
  const slug = workspace?.slug ?? ownSlug ?? suggestedSlug(name);
  const body = { name: name.trim(), kind, customer: customer.trim() || null };
  const save = useMutation({
    mutationFn: () =>
      workspace
        ? must(api.PATCH('/workspaces/{ws}', { params: { path: { ws: slug } }, body }))
        : must(api.POST('/workspaces', { body: { slug, ...body }, headers: key })),
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ['workspaces'] });
      said(workspace ? `${saved.name} is changed.` : `Workspace ${saved.name} is there.`);
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={close} title={workspace ? `Change ${workspace.name}` : 'New workspace'} size="md">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            placeholder="Acme production"
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={200}
            required
            data-autofocus
          />
          <TextInput
            label="Slug"
            description="Its name in addresses; it never changes."
            value={slug}
            onChange={(event) => setOwnSlug(event.target.value)}
            disabled={workspace !== undefined}
            pattern="[a-z0-9][a-z0-9\-]{0,62}"
            title="Small letters, digits and hyphens, at most 63"
            classNames={{ input: 'mono' }}
            required
          />
          <TextInput
            label="Customer"
            description="Whom it serves; several workspaces can serve one customer."
            value={customer}
            onChange={(event) => setCustomer(event.target.value)}
            maxLength={200}
          />
          <Select
            label="Kind"
            data={KINDS}
            value={kind}
            onChange={(to) => setKind((to ?? 'standard') as Kind)}
            allowDeselect={false}
          />
          {save.error && <ErrorBox error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" className="cta" loading={save.isPending} disabled={!slug || !name.trim()}>
              {workspace ? 'Save' : 'Create workspace'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
