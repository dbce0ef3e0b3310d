// Before a promotion: what changes, who is affected (R6), whether it fits everybody. Afterwards: what happened, and Undo.
import { Button, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { S } from '../api/client';
import { ApiProblem } from '../api/problem';
import { planQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { ErrorBox, Loading } from '../components/States';
import { AffectedList } from './AffectedList';
import { useFlow } from './FlowContext';
import { InFlight, PlanChanges, Validation } from './PlanParts';
import { Promoted } from './Promoted';
import { promote } from './queries';
import { useWork } from './Work';
import { count, whyNot } from './words';

export function PromoteDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const { flow } = useFlow();
  const [done, setDone] = useState<S['PromotionAnswer'] | null>(null);
  const leave = () => {
    close();
    setDone(null);
  };
  const title = done ? `Version ${done.version} is on main` : `Promote version ${flow.staging?.number ?? ''} to main`;
  return (
    <Modal opened={opened} onClose={leave} title={title} size={800}>
      {opened && (done ? <Promoted promotion={done} close={leave} /> : <Plan close={leave} done={setDone} />)}
    </Modal>
  );
}

type Props = { close: () => void; done: (made: S['PromotionAnswer']) => void };

function Plan({ close, done }: Props) {
  const { flow, workspace, show, registration } = useFlow();
  const work = useWork();
  const plan = useQuery(planQuery(flow.slug, workspace));
  const [refusal, setRefusal] = useState<ApiProblem | null>(null);
  if (plan.error) return <ErrorBox error={plan.error} retry={() => void plan.refetch()} />;
  if (!plan.data) return <Loading lines={8} label="Looking what the promotion would do" />;
  const { version, count: others, other_workspaces: list, revision, fingerprint, reasons, in_flight } = plan.data;
  if (version === null) return <p>{whyNot('nothing_staged')}</p>;
  const all = others + (registration ? 1 : 0);
  const send = () =>
    work.act(
      {
        what: 'promote',
        call: () => promote(flow.slug, { workspace, version, expected_revision: revision, fingerprint }),
        refused: (error) => {
          if (error instanceof ApiProblem) setRefusal(error);
          void plan.refetch();
          return error instanceof ApiProblem;
        },
      },
      (made) => {
        show(null);
        done(made);
      },
    );
  return (
    <div className="plan">
      <p className="dialog-lead">
        {flow.main ? (
          <>
            Main moves from version {flow.main.number} to version {version}.{' '}
          </>
        ) : (
          <>This is the first promotion: until now main is empty, and nothing runs from it. </>
        )}
        {all === 0
          ? 'No workspace has this flow, so nothing that runs today changes.'
          : `From the next trigger on, ${all === 1 ? 'the one workspace that has this flow runs' : `all ${all.toLocaleString('en')} workspaces that have this flow run`} version ${version}, and staging is empty.`}{' '}
        Runs that have begun end on the version they began with.
      </p>
      {refusal && <Refused problem={refusal} />}
      <dl className="facts">
        <Validation plan={plan.data} leave={close} />
        <InFlight counts={in_flight} />
      </dl>
      <PlanChanges from={flow.main?.number ?? null} to={version} leave={close} />
      <section aria-label="Other customer workspaces">
        <h3>{others === 0 ? 'No other workspace has this flow' : count(others, 'other customer workspace')}</h3>
        {others > 0 && <AffectedList list={list} to={version} />}
      </section>
      <Group justify="flex-end" mt="md" className="plan-foot">
        {reasons[0] && <span className="bad plan-why">{whyNot(reasons[0])}</span>}
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          className="cta"
          leftSection={<Icon name="crown" size={16} />}
          loading={work.busy === 'promote'}
          disabled={reasons.length > 0 || plan.isFetching}
          onClick={() => {
            setRefusal(null);
            void send();
          }}
        >
          Promote version {version} to main
        </Button>
      </Group>
    </div>
  );
}

/** Why it was not done; what is below has been read again since. */
function Refused({ problem }: { problem: ApiProblem }) {
  return (
    <div className="error-box" role="alert">
      <Icon name="alert" size={20} />
      <div>
        <strong>Nothing was promoted. {whyNot(problem.code)}</strong>
        {problem.changes.length > 0 && (
          <ul>
            {problem.changes.map((change) => (
              <li key={`${change.at} ${change.action}`}>
                {change.actor}: {change.action} {change.version !== null && `v${change.version}`}
              </li>
            ))}
          </ul>
        )}
        <p>What is shown here was read anew: look at it, and decide again.</p>
      </div>
    </div>
  );
}
