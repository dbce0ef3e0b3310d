// The frame around every page: where one can go, who is signed in, whether the page is live.
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { startLive } from '../api/live';
import { Icon, type IconName } from '../components/icons';
import { HelpDialog } from './HelpDialog';
import { LiveSign } from './LiveSign';
import './shell.css';
import { UserMenu } from './UserMenu';
import { useKeys } from './useKeys';

const PLACES: { to: string; icon: IconName; word: string; exact?: boolean }[] = [
  { to: '/', icon: 'home', word: 'Home', exact: true },
  { to: '/flows', icon: 'flow', word: 'Flows' },
  { to: '/runs', icon: 'run', word: 'Runs' },
  { to: '/workspaces', icon: 'workspace', word: 'Workspaces' },
  { to: '/connections', icon: 'connection', word: 'Connections' },
  { to: '/connectors', icon: 'connector', word: 'Connectors' },
  { to: '/activity', icon: 'activity', word: 'Activity' },
  { to: '/settings', icon: 'settings', word: 'Settings' },
];

export function Shell() {
  const client = useQueryClient();
  useEffect(() => startLive(client), [client]);
  useKeys();
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <nav className="rail" aria-label="Main">
        <Link to="/" className="rail-mark" aria-label="Flowslot, home" tabIndex={-1}>
          <img src="/favicon.svg" alt="" width={26} height={26} />
        </Link>
        {PLACES.map(({ to, icon, word, exact }) => (
          <Link key={to} to={to} className="rail-link" activeOptions={{ exact: exact ?? false, includeSearch: false }}>
            <Icon name={icon} size={20} />
            <span>{word}</span>
          </Link>
        ))}
        <div className="rail-foot">
          <LiveSign />
          <UserMenu />
        </div>
      </nav>
      <main id="main" className="shell-main" tabIndex={-1}>
        <Outlet />
      </main>
      <HelpDialog />
    </div>
  );
}
