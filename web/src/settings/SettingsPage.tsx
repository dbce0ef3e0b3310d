// One's own password and tokens; for administrators, users and the server.
import { useSuspenseQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries';
import { Page } from '../components/Page';
import { PasswordPart } from './PasswordPart';
import { ServerPart } from './ServerPart';
import './settings.css';
import { TokensPart } from './TokensPart';
import { UsersPart } from './UsersPart';

export function SettingsPage() {
  const { data: session } = useSuspenseQuery(sessionQuery());
  const isAdmin = session.user?.role === 'admin';
  return (
    <Page title="Settings" lead={`Signed in as ${session.user?.name} · ${session.user?.role}`}>
      <div className="settings">
        {session.user && <PasswordPart user={session.user.id} />}
        <TokensPart />
        {isAdmin && <UsersPart self={session.user?.id} />}
        {isAdmin && <ServerPart />}
      </div>
    </Page>
  );
}
