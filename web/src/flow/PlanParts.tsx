// Parts of the promotion's plan: what changes against main, whether it fits every workspace, what is running.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { S } from '../api/client';
import { versionQuery } from '../api/queries';
import { listed, SIGNS } from '../compare/changes';
import { diffQuery } from '../compare/queries';
import { Icon } from '../components/icons';
import { Loading } from '../components/States';
import type { Definition } from '../editor/document';
import { useFlow } from './FlowContext';
import { WorkspaceProblems } from './ProblemsDialog';
import { count } from './words';

const MOST = 8;

export function PlanChanges({ from, to, leave }: { from: number | null; to: number; leave: () => void }) {
  const { flow, workspace } = useFlow();
  const diff = useQuery({ ...diffQuery(flow.slug, from ?? to, to), enabled: from !== null && from !== to });
  if (from === null) return null;
  if (from === to)
    return (
      <section aria-label="What changes">
        <h3>Nothing changes</h3>
        <p className="quiet">Version {to} is on main already; staging is emptied.</p>
      </section>
    );
  const changes = diff.data ? listed(diff.data) : [];
  return (
    <section aria-label="What changes">
      <h3>
        {diff.data ? (changes.length ? count(changes.length, 'change') : 'The two versions are the same') : 'Changes'}{' '}
        against main{' '}
        <Link
          to="/flows/$flow/compare"
          params={{ flow: flow.slug }}
          search={{ workspace, from, to }}
          onClick={leave}
          className="plan-compare"
        >
          Compare v{from} with v{to}
        </Link>
      </h3>
      {diff.isPending && <Loading lines={2} />}
      {diff.error && <p className="bad">{diff.error.message}</p>}
      <ul className="changes-list">
        {changes.slice(0, MOST).map((change) => (
          <li key={change.key} className={`mark-${change.mark}`}>
            <span className="change-sign" aria-hidden="true">
              {SIGNS[change.mark]}
            </span>
            <span className="change-word">{change.mark}</span> <span>{change.title}</span>{' '}
            <span className="quiet">{change.detail}</span>
          </li>
        ))}
        {changes.length > MOST && <li className="quiet">and {changes.length - MOST} more</li>}
      </ul>
    </section>
  );
}

export function Validation({ plan, leave }: { plan: S['PlanAnswer']; leave: () => void }) {
  const { flow } = useFlow();
  const staged = useQuery({
    ...versionQuery(flow.slug, plan.version ?? 0),
    enabled: plan.version !== null && (plan.validation?.problems.length ?? 0) > 0,
  });
  const { validation } = plan;
  if (!validation) return null;
  const { ok, problems } = validation;
  return (
    <>
      <dt>Validation</dt>
      <dd aria-live="polite">
        {ok && problems.length === 0 && (
          <span className="good plan-line">
            <Icon name="check" size={16} /> It fits every workspace that has the flow.
          </span>
        )}
        {ok && problems.length > 0 && (
          <span className="plan-line">
            <Icon name="info" size={16} /> It fits the workspaces on staging. Those below, on main today, lack
            something: that refuses nothing, but their runs will fail until it is mended.
          </span>
        )}
        {!ok && (
          <span className="bad plan-line">
            <Icon name="alert" size={16} /> It does not fit, so it cannot be promoted.
          </span>
        )}
        <WorkspaceProblems
          problems={problems}
          definition={(staged.data?.definition as Definition | undefined) ?? null}
          leave={leave}
        />
      </dd>
    </>
  );
}

export function InFlight({ counts }: { counts: S['InFlightAnswer'] }) {
  const all = counts.queued + counts.running + counts.suspended;
  return (
    <>
      <dt>Runs in flight</dt>
      <dd>
        {all === 0
          ? 'None.'
          : `${counts.queued} queued, ${counts.running} running, ${counts.suspended} waiting; each ends on its version.`}
      </dd>
    </>
  );
}
