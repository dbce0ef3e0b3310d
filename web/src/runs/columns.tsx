// The columns of the run list: what ran, where, on which version, and how it went.
import { Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type MouseEvent, useRef } from 'react';
import { Icon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { StatusBadge } from '../components/StatusBadge';
import { TimeAgo } from '../components/Time';
import type { Column } from '../components/VirtualTable';
import type { Run } from './rows';
import { Took } from './Took';
import { triggerIcon, triggerMore, triggerWord } from './trigger';

export type Choice = {
  has: (id: string) => boolean;
  turn: (id: string, shift: boolean) => void;
  all: boolean;
  some: boolean;
  turnAll: () => void;
};

type Look = {
  ofFlow: boolean;
  /** Whether there is room for the most needed columns only: a phone. */
  narrow: boolean;
  choice: Choice;
};

export function runColumns({ ofFlow, narrow, choice }: Look): Column<Run>[] {
  const flow: Column<Run> = {
    key: 'flow',
    title: 'Flow',
    width: 'minmax(140px, 1.5fr)',
    cell: (run) => <Flow run={run} />,
  };
  if (narrow)
    return [
      { key: 'status', title: 'Status', width: '104px', cell: (run) => <Status run={run} /> },
      { key: 'what', title: 'What ran', width: 'minmax(0, 1fr)', cell: (run) => <Brief run={run} /> },
    ];
  return [
    {
      key: 'choice',
      title: (
        <Checkbox
          size="xs"
          aria-label="Select all loaded runs"
          checked={choice.all}
          indeterminate={choice.some && !choice.all}
          onChange={choice.turnAll}
        />
      ),
      width: '36px',
      cell: (run) => <Choose run={run} choice={choice} />,
    },
    { key: 'status', title: 'Status', width: '106px', cell: (run) => <Status run={run} /> },
    ...(ofFlow ? [] : [flow]),
    workspace,
    { key: 'version', title: 'Ran on', width: '128px', cell: (run) => <RanOn run={run} /> },
    { key: 'trigger', title: 'Started by', width: '102px', cell: (run) => <Trigger run={run} /> },
    { key: 'started', title: 'Started', width: '130px', cell: (run) => <Started run={run} /> },
    { key: 'took', title: 'Took', width: '104px', numeric: true, cell: (run) => <Took run={run} /> },
    { key: 'said', title: 'Result', width: 'minmax(190px, 2fr)', cell: (run) => <Said run={run} /> },
  ];
}

const workspace: Column<Run> = {
  key: 'workspace',
  title: 'Workspace',
  width: 'minmax(110px, 1fr)',
  cell: (run) => <span title={run.workspace}>{run.workspace_name}</span>,
};

function Choose({ run, choice }: { run: Run; choice: Choice }) {
  const shift = useRef(false); // the change itself does not tell whether Shift was down
  return (
    <Checkbox
      size="xs"
      aria-label={`Select the run of ${run.flow_name} in ${run.workspace_name}`}
      checked={choice.has(run.id)}
      onClick={(event: MouseEvent) => {
        shift.current = event.shiftKey;
      }}
      onChange={() => choice.turn(run.id, shift.current)}
    />
  );
}

/** All that matters on a phone, in two lines. */
function Brief({ run }: { run: Run }) {
  return (
    <span className="runs-brief">
      <Flow run={run} />
      <span className="runs-brief-more quiet">
        <RanOn run={run} />
        <span className="cut">{run.workspace_name}</span>
        <Started run={run} />
      </span>
    </span>
  );
}

function Status({ run }: { run: Run }) {
  return (
    <Link to="/runs/$run" params={{ run: run.id }} className="runs-link" preload={false}>
      <StatusBadge status={run.status} />
    </Link>
  );
}

function Flow({ run }: { run: Run }) {
  return (
    <span className="runs-flow">
      <span className="cut" title={run.flow}>
        {run.flow_name}
      </span>
      {run.test && <Test />}
    </span>
  );
}

export function Test() {
  return (
    <span className="runs-test" title="A test run: not counted in any figure">
      test
    </span>
  );
}

export function RanOn({ run, size }: { run: Run; size?: 'sm' | 'lg' }) {
  if (run.version === null)
    return (
      <span className="runs-draft" title="An unsaved draft was tried: it is in no history">
        <SlotBadge slot="draft" size={size} /> unsaved
      </span>
    );
  return <SlotBadge slot={run.slot} version={run.version} size={size} />;
}

function Trigger({ run }: { run: Run }) {
  return (
    <span className="runs-trigger" title={triggerMore(run.trigger) ?? triggerWord(run.trigger)}>
      <Icon name={triggerIcon(run.trigger)} size={15} />
      <span className="cut">{triggerWord(run.trigger)}</span>
    </span>
  );
}

function Started({ run }: { run: Run }) {
  if (run.started_at === null)
    return (
      <span className="quiet">
        <TimeAgo at={run.queued_at} />
      </span>
    );
  return <TimeAgo at={run.started_at} />;
}

function Said({ run }: { run: Run }) {
  if (run.error) {
    const { message, step } = run.error;
    return (
      <span className="runs-error" title={step ? `${step}: ${message}` : message}>
        {step && <strong className="mono">{step}</strong>} {message}
      </span>
    );
  }
  const message = run.outcome?.message;
  if (message) return <span title={message}>{message}</span>;
  const waits = run.status === 'suspended' ? run.steps.findLast((step) => step.status === 'suspended') : undefined;
  if (waits)
    return (
      <span className="quiet">
        waits at <span className="mono">{waits.id}</span>
      </span>
    );
  return null;
}
