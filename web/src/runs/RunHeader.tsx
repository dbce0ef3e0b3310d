// The head of a run: how it stands, which flow in which workspace on which version, what started it, when, and why it failed.
import { ActionIcon, CopyButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Icon } from '../components/icons';
import { StatusBadge } from '../components/StatusBadge';
import { ExactTime, TimeAgo } from '../components/Time';
import type { Run } from '../editor/records';
import { RanOn, Test } from './columns';
import { Message } from './ErrorPlace';
import { pathOfError, placeWords } from './place';
import { RunActions } from './RunActions';
import { Took } from './Took';
import { textOf, triggerIcon, triggerMore, triggerWord } from './trigger';

type Props = { run: Run; fromStep: string | null; goTo: (path: string) => void };

export function RunHeader({ run, fromStep, goTo }: Props) {
  const { flow, workspace } = run;
  return (
    <header className="run-head">
      <div className="run-head-top">
        <Link to="/runs" className="run-head-back">
          Runs
        </Link>
        <span className="quiet">/</span>
        <h1>
          <Link to="/flows/$flow" params={{ flow }} search={{ workspace, v: run.version ?? undefined }}>
            {run.flow_name}
          </Link>
        </h1>
        <span className="quiet">in</span>
        <Link to="/workspaces/$workspace" params={{ workspace }}>
          {run.workspace_name}
        </Link>
        <RanOn run={run} size="lg" />
        {run.test && <Test />}
        <RunActions run={run} fromStep={fromStep} />
      </div>
      <dl className="run-head-facts">
        <Fact name="Status">
          <StatusBadge status={run.status} />
        </Fact>
        <Fact name="Started by">
          <Trigger run={run} />
        </Fact>
        <Fact name="Accepted">
          <ExactTime at={run.queued_at} />{' '}
          <span className="quiet">
            (<TimeAgo at={run.queued_at} />)
          </span>
        </Fact>
        <Fact name="Began">{run.started_at ? <Clock at={run.started_at} /> : 'not yet'}</Fact>
        <Fact name="Ended">{run.ended_at ? <Clock at={run.ended_at} /> : 'not yet'}</Fact>
        <Fact name="Took">
          <Took run={run} />
        </Fact>
        <Fact name="Id">
          <Id id={run.id} />
        </Fact>
      </dl>
      {run.error && <Failed run={run} goTo={goTo} />}
      {!run.error && run.outcome && (
        <p className="run-head-outcome">
          <strong className={run.outcome.status === 'failure' ? 'bad' : 'good'}>
            {run.outcome.status === 'failure' ? 'Failure' : 'Success'}
          </strong>
          {run.outcome.message ? ` · ${run.outcome.message}` : ' · it ended without saying more'}
        </p>
      )}
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });

function Clock({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {clock.format(new Date(at))}
    </time>
  );
}

function Trigger({ run }: { run: Run }) {
  const more = triggerMore(run.trigger);
  const again = textOf(run.trigger, 'rerun_of');
  return (
    <span className="run-head-trigger">
      <Icon name={triggerIcon(run.trigger)} size={15} />
      {triggerWord(run.trigger)}
      {more && <span className="quiet">{more}</span>}
      {run.parent && (
        <Link to="/runs/$run" params={{ run: run.parent }}>
          of the calling run
        </Link>
      )}
      {again && (
        <Link to="/runs/$run" params={{ run: again }}>
          of an earlier run
        </Link>
      )}
    </span>
  );
}

function Id({ id }: { id: string }) {
  return (
    <span className="run-head-id" title={id}>
      <span className="mono">…{id.slice(-8)}</span>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" size="sm" aria-label="Copy the run's id" onClick={copy}>
            <Icon name={copied ? 'check' : 'copy'} size={14} />
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}

function Failed({ run, goTo }: { run: Run; goTo: (path: string) => void }) {
  const { error } = run;
  if (!error) return null;
  const path = pathOfError(run) ?? error.step ?? null;
  const place = placeWords(error);
  return (
    <div className="run-head-error" role="alert">
      <Icon name="alert" size={18} />
      <div>
        <strong>
          <Message text={error.message} />
        </strong>{' '}
        {place && path && (
          <button type="button" className="link-button" onClick={() => goTo(path)}>
            {place}
            {path !== error.step && <span className="mono"> ({path})</span>}
          </button>
        )}
      </div>
    </div>
  );
}
