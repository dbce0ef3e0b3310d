// What is about to be promoted, and what was promoted this week.
import { Link } from '@tanstack/react-router';
import { Icon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { TimeAgo } from '../components/Time';
import { listed } from './figures';
import type { Statistics } from './queries';

type WaitingProps = { items: Statistics['waiting']; workspace: string | undefined };

export function Waiting({ items, workspace }: WaitingProps) {
  return (
    <section className="home-card" aria-labelledby="home-waiting">
      <h2 id="home-waiting">
        Staged, not promoted {items.length > 0 && <span className="quiet">{listed(items)}</span>}
      </h2>
      {items.length === 0 ? (
        <p className="home-none">No flow has a staged version waiting.</p>
      ) : (
        <ul className="home-list">
          {items.map((item) => (
            <li key={item.flow}>
              <SlotBadge slot="staging" version={item.version} />
              <span className="home-line">
                <Link
                  className="link cut"
                  to="/flows/$flow"
                  params={{ flow: item.flow }}
                  search={{ v: item.version, ...(workspace ? { workspace } : {}) }}
                >
                  {item.name}
                </Link>
                <span className="quiet cut">
                  saved <TimeAgo at={item.since} /> by {item.author}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function Promotions({ items }: { items: Statistics['promotions'] }) {
  return (
    <section className="home-card" aria-labelledby="home-promotions">
      <h2 id="home-promotions">
        Promotions of 7 days {items.length > 0 && <span className="quiet">{listed(items)}</span>}
      </h2>
      {items.length === 0 ? (
        <p className="home-none">Nothing was promoted this week.</p>
      ) : (
        <ol className="home-list home-line-of-time">
          {items.map((item) => (
            <li key={item.id}>
              <SlotBadge slot="main" version={item.version} />
              <span className="home-line">
                <Link className="link cut" to="/flows/$flow/promotions" params={{ flow: item.flow }}>
                  {item.name}
                </Link>
                <span className="quiet cut">
                  <TimeAgo at={item.at} /> by {item.actor}
                  {item.from_version === null ? ', the first on main' : `, before it v${item.from_version}`}
                </span>
                {item.undone_at && (
                  <span className="home-undone cut">
                    <Icon name="undo" size={12} strokeWidth={2.4} /> undone <TimeAgo at={item.undone_at} />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
