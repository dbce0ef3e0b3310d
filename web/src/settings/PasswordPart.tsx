// Sets one's own password; other sessions end.
import { Button, Group, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, must } from '../api/client';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';

export function PasswordPart({ user }: { user: string }) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () =>
      must(
        api.PUT('/users/{user}/password', {
          params: { path: { user } },
          body: { password, ...(current ? { current } : {}) },
        }),
      ),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      said('Your password is changed. Your other sessions have ended.');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title">Password</h2>
      <form onSubmit={submit}>
        <Group align="flex-end">
          <PasswordInput
            label="Current password"
            w={240}
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
            autoComplete="current-password"
          />
          <PasswordInput
            label="New password"
            w={240}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="new-password"
            minLength={10}
            required
          />
          <Button type="submit" variant="default" loading={change.isPending} disabled={password.length < 10}>
            Change password
          </Button>
        </Group>
        <p className="quiet">At least 10 characters. Leave the current one empty when you have none yet.</p>
        {change.error && <ErrorBox error={change.error} />}
      </form>
    </section>
  );
}
