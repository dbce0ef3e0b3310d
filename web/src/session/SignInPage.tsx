// Signing in with a name and password or an API token; on a new server, making the first administrator.
import { Anchor, Button, PasswordInput, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, must, type S, setCsrf } from '../api/client';
import { sessionQuery } from '../api/queries';
import { useTitle } from '../components/Page';
import { ErrorBox } from '../components/States';
import './session.css';

type Session = S['SessionAnswer'];

export function SignInPage() {
  const { data: session } = useSuspenseQuery(sessionQuery());
  useTitle('Sign in');
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <img src="/favicon.svg" alt="" width={44} height={44} />
        <h1>{session.setup_needed ? 'Set up Flowslot' : 'Sign in to Flowslot'}</h1>
        {session.setup_needed ? <SetUp /> : <SignIn />}
      </div>
    </main>
  );
}

/** Goes on to where the person wanted to go, once the session is there. */
function useEntering() {
  const client = useQueryClient();
  const router = useRouter();
  const { to } = useSearch({ from: '/sign-in' });
  return async (session: Session) => {
    setCsrf(session.csrf ?? null);
    client.clear();
    client.setQueryData(sessionQuery().queryKey, session);
    router.history.push(to?.startsWith('/') && !to.startsWith('//') ? to : '/');
  };
}

function useSending(send: () => Promise<void>) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    await send().catch(setError);
    setBusy(false);
  };
  return { error, busy, submit };
}

function SignIn() {
  const [by, setBy] = useState<'password' | 'token'>('password');
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  const enter = useEntering();
  const body = by === 'password' ? { name, password: secret } : { token: secret };
  const { error, busy, submit } = useSending(async () => enter(await must(api.POST('/session', { body }))));
  return (
    <form onSubmit={submit}>
      <Stack>
        <SegmentedControl
          aria-label="Sign in with"
          value={by}
          onChange={(to) => {
            setBy(to as typeof by);
            setSecret('');
          }}
          data={[
            { value: 'password', label: 'Password' },
            { value: 'token', label: 'API token' },
          ]}
        />
        {by === 'password' && (
          <TextInput
            label="Name"
            value={name}
            onChange={(e) => setName(e.target.value)}
            autoComplete="username"
            autoFocus
            required
          />
        )}
        <PasswordInput
          label={by === 'password' ? 'Password' : 'API token'}
          value={secret}
          onChange={(e) => setSecret(e.target.value)}
          autoComplete={by === 'password' ? 'current-password' : 'off'}
          required
        />
        {error !== undefined && <ErrorBox error={error} />}
        <Button type="submit" loading={busy} className="cta">
          Sign in
        </Button>
        <p className="quiet sign-in-hint">
          No password yet? An administrator sets one in Settings, or with <code>flowslot user password NAME</code>.
        </p>
      </Stack>
    </form>
  );
}

function SetUp() {
  const [token, setToken] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const enter = useEntering();
  const { error, busy, submit } = useSending(async () => {
    await must(api.POST('/setup', { body: { setup_token: token, name, password } }));
    await enter(await must(api.POST('/session', { body: { name, password } })));
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <p className="quiet">
          This server has no users yet. Make the first administrator with the set-up token that the server printed when
          it started.
        </p>
        <PasswordInput
          label="Set-up token"
          value={token}
          onChange={(e) => setToken(e.target.value)}
          autoComplete="off"
          autoFocus
          required
        />
        <TextInput
          label="Your name"
          value={name}
          onChange={(e) => setName(e.target.value)}
          autoComplete="username"
          required
        />
        <PasswordInput
          label="Password"
          description="At least 10 characters."
          value={password}
          onChange={(e) => setPassword(e.target.value)}
          autoComplete="new-password"
          minLength={10}
          required
        />
        {error !== undefined && <ErrorBox error={error} />}
        <Button type="submit" loading={busy} className="cta">
          Create administrator
        </Button>
        <Anchor href="/api/docs" size="sm">
          API reference
        </Anchor>
      </Stack>
    </form>
  );
}
