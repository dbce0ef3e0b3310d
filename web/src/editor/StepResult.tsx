// What one step did in the last try: its input, its output, its error with the place.
import { ActionIcon, Group, Select } from '@mantine/core';
import { Icon } from '../components/icons';
import { JsonView } from '../components/JsonView';
import { Empty } from '../components/States';
import { StatusBadge } from '../components/StatusBadge';
import { lasted } from '../components/Time';
import { jumpTo } from '../forms/jump';
import { keysOf } from '../forms/places';
import type { Loop, StepRun } from './records';
import type { Trying } from './trying';
import './panels.css';
import './try.css';

export function StepResult({ record, trying }: { record: StepRun | null; trying: Trying | null }) {
  if (!trying?.run)
    return (
      <Empty icon="run" title="Not tried yet">
        Press Try it: what this step is given and what it gives stands here.
      </Empty>
    );
  if (!record)
    return (
      <>
        <Loops trying={trying} />
        <Empty icon="right" title={trying.busy ? 'Not reached yet' : 'Not reached'}>
          {trying.busy ? 'The run has not come to this step.' : 'The run ended or took another way before this step.'}
        </Empty>
      </>
    );
  return (
    <div className="step-result">
      <Loops trying={trying} />
      <p className="step-result-head">
        <StatusBadge status={record.status} />
        {record.started_at && record.ended_at && <span>{lasted(record.started_at, record.ended_at)}</span>}
        {(record.attempts ?? 1) > 1 && <span>{record.attempts} attempts</span>}
        <span className="quiet mono">{record.path}</span>
      </p>
      {record.error && <RunError error={record.error} />}
      {record.input !== null && (
        <>
          <h3>Input</h3>
          <JsonView value={record.input} label="Input" />
        </>
      )}
      <h3>Output</h3>
      {record.error ? (
        <p className="quiet">None, since it failed.</p>
      ) : (
        <JsonView value={record.output} label="Output" />
      )}
    </div>
  );
}

type Failure = NonNullable<StepRun['error']>;

export function RunError({ error, onSelect }: { error: Failure; onSelect?: (id: string) => void }) {
  const { pointer, line, column, step } = error;
  const place = [step, ...keysWithin(pointer ?? '')].filter(Boolean).join(' › ');
  const at = line ? `, line ${line}${column ? `, column ${column}` : ''}` : '';
  return (
    <div className="run-error" role="alert">
      <strong>{error.message}</strong>
      <p>
        <span className="mono">{error.code}</span>
        {place && (
          <>
            {' at '}
            <button
              type="button"
              className="link-button"
              onClick={() => {
                if (step) onSelect?.(step);
                if (pointer) jumpTo(pointer);
              }}
            >
              {place}
              {at}
            </button>
          </>
        )}
      </p>
    </div>
  );
}

const BRANCHES = ['steps', 'then', 'else', 'catch', 'finally'];

/** The keys of a pointer within its step. */
function keysWithin(pointer: string): string[] {
  const keys = keysOf(pointer);
  const last = keys.findLastIndex((key, at) => /^\d+$/.test(key) && BRANCHES.includes(keys[at - 1] ?? ''));
  return keys.slice(last + 1);
}

/** Which item of each loop is looked at, with those that failed marked. */
export function Loops({ trying }: { trying: Trying }) {
  return trying.loops
    .filter((loop) => loop.items.length > 1)
    .map((loop) => (
      <LoopItem
        key={loop.id}
        loop={loop}
        item={trying.iterations[loop.id] ?? 0}
        look={(item) => trying.look(loop.id, item)}
      />
    ));
}

function LoopItem({ loop, item, look }: { loop: Loop; item: number; look: (item: number) => void }) {
  const at = loop.items.indexOf(item);
  const go = (by: number) => {
    const to = loop.items[at + by];
    if (to !== undefined) look(to);
  };
  return (
    <Group gap={6} className="loop-item" role="group" aria-label={`Item of ${loop.id}`}>
      <Icon name="for_each" size={14} />
      <span className="mono">{loop.id}</span>
      <ActionIcon
        variant="default"
        size="sm"
        aria-label={`Previous item of ${loop.id}`}
        disabled={at <= 0}
        onClick={() => go(-1)}
      >
        <Icon name="right" size={14} style={{ transform: 'rotate(180deg)' }} />
      </ActionIcon>
      <Select
        size="xs"
        w={132}
        searchable={loop.items.length > 20}
        limit={200}
        aria-label={`Item of ${loop.id}`}
        allowDeselect={false}
        value={String(item)}
        data={loop.items.map((each) => ({
          value: String(each),
          label: `Item ${each + 1}${loop.failed.includes(each) ? ' ✕ failed' : ''}`,
        }))}
        onChange={(to) => to !== null && look(Number(to))}
      />
      <ActionIcon
        variant="default"
        size="sm"
        aria-label={`Next item of ${loop.id}`}
        disabled={at >= loop.items.length - 1}
        onClick={() => go(1)}
      >
        <Icon name="right" size={14} />
      </ActionIcon>
      <span className="quiet">
        of {loop.items.length}
        {loop.failed.length > 0 && `, ${loop.failed.length} failed`}
      </span>
    </Group>
  );
}
