// Adds a user; sets another user's password.
import { Button, Group, Modal, PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, must, onceOnly, type S } from '../api/client';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { ROLES, type Role } from './roles';

type User = S['UserAnswer'];

export function NewUserDialog({ close }: { close: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [password, setPassword] = useState('');
  const [key] = useState(onceOnly);
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      must(api.POST('/users', { body: { name: name.trim(), role, password: password || null }, headers: key })),
    onSuccess: async (user) => {
      await client.invalidateQueries({ queryKey: ['users'] });
      said(`${user.name} is added.`);
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened onClose={close} title="New user" size="md">
      <form onSubmit={submit}>
        <Stack>
          <TextInput label="Name" value={name} onChange={(e) => setName(e.target.value)} data-autofocus required />
          <Select
            label="Role"
            data={ROLES}
            value={role}
            onChange={(to) => setRole((to ?? 'viewer') as Role)}
            allowDeselect={false}
          />
          <PasswordInput
            label="Password"
            description="At least 10 characters; left empty, they sign in with tokens only."
            value={password}
            onChange={(e) => setPassword(e.target.value)}
            autoComplete="new-password"
          />
          {make.error && <ErrorBox error={make.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" className="cta" loading={make.isPending} disabled={!name.trim()}>
              Add user
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function SetPasswordDialog({ user, close }: { user: User; close: () => void }) {
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () =>
      must(api.PUT('/users/{user}/password', { params: { path: { user: user.id } }, body: { password } })),
    onSuccess: () => {
      said(`The password of ${user.name} is set; their sessions have ended.`);
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Modal opened onClose={close} title={`Password of ${user.name}`} size="sm">
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            label="New password"
            value={password}
            onChange={(e) => setPassword(e.target.value)}
            autoComplete="new-password"
            minLength={10}
            data-autofocus
            required
          />
          {change.error && <ErrorBox error={change.error} />}
          <Button type="submit" className="cta" loading={change.isPending} disabled={password.length < 10}>
            Set password
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
