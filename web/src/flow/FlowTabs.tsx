// The parts of a flow as links; the workspace looked at goes along.
import { Link } from '@tanstack/react-router';
import { useFlow } from './FlowContext';

const TABS = [
  { to: '/flows/$flow', word: 'Editor' },
  { to: '/flows/$flow/runs', word: 'Runs' },
  { to: '/flows/$flow/registrations', word: 'Registrations' },
  { to: '/flows/$flow/promotions', word: 'Promotions' },
  { to: '/flows/$flow/settings', word: 'Settings' },
] as const;

export function FlowTabs() {
  const { flow, workspace } = useFlow();
  return (
    <nav className="flow-tabs" aria-label="Parts of this flow">
      {TABS.map(({ to, word }) => (
        <Link
          key={to}
          to={to}
          params={{ flow: flow.slug }}
          search={workspace ? { workspace } : {}}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {word}
          {word === 'Registrations' && <span className="flow-tab-count">{flow.registrations}</span>}
        </Link>
      ))}
    </nav>
  );
}
