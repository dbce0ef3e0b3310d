// Things that need attention, each as a sentence that leads to where it can be mended.
import { Link, type LinkProps } from '@tanstack/react-router';
import { Icon, type IconName } from '../components/icons';
import { listed } from './figures';
import type { Statistics } from './queries';

type Item = Statistics['attention'][number];

const ICONS: Record<string, IconName> = {
  quarantine: 'stop',
  failing: 'alert',
  incomplete: 'settings',
  no_webhook_secret: 'key',
  staged_long: 'flask',
};

export function Attention({ items }: { items: readonly Item[] }) {
  return (
    <section className="home-card" aria-labelledby="home-attention">
      <h2 id="home-attention">Needs attention {items.length > 0 && <span className="quiet">{listed(items)}</span>}</h2>
      {items.length === 0 ? (
        <p className="home-none">
          <Icon name="check" size={16} /> Nothing does.
        </p>
      ) : (
        <ul className="home-list">
          {items.map((item) => (
            <li key={`${item.kind} ${item.flow} ${item.workspace} ${item.text}`}>
              <Icon name={ICONS[item.kind] ?? 'info'} size={16} className="home-sign" />
              <Link className="home-sentence" {...where(item)}>
                {item.text}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function where({ kind, flow, workspace }: Item): Pick<LinkProps, 'to' | 'params' | 'search'> {
  const at = workspace ? { workspace } : {};
  if (flow === null) {
    if (workspace !== null) return { to: '/workspaces/$workspace', params: { workspace } };
    return { to: kind === 'quarantine' ? '/settings' : '/runs' };
  }
  if (kind === 'failing') return { to: '/runs', search: { flow, status: 'failed', ...at } };
  if (kind === 'staged_long') return { to: '/flows/$flow', params: { flow }, search: at };
  const open = workspace ? { open: workspace } : { complete: 'no' };
  return { to: '/flows/$flow/registrations', params: { flow }, search: { ...at, ...open } };
}
