// The steps of a run in the order they began, each item of a loop on its own line.
import { Switch, UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react';
import { Icon, type IconName } from '../components/icons';
import { statusWord } from '../components/StatusBadge';
import { duration } from '../components/Time';
import type { Run, StepRun } from '../editor/records';
import { lineOf } from './items';

const LEFT_OUT = 'left_out';
const SIGNS: Record<string, { icon: IconName; tone: string }> = {
  success: { icon: 'check', tone: 'good' },
  failed: { icon: 'x', tone: 'bad' },
  exception: { icon: 'x', tone: 'bad' },
  suspended: { icon: 'wait', tone: 'busy' },
  running: { icon: 'rerun', tone: 'busy' },
};
const LINE = 28;

type Props = { run: Run; path: string; names: ReadonlyMap<string, string>; goTo: (path: string) => void };

export function TimeLine({ run, path, names, goTo }: Props) {
  const [onlyFailed, showOnlyFailed] = useState(false);
  const left = run.steps.find((record) => record.kind === LEFT_OUT);
  const all = useMemo(() => run.steps.filter((record) => record.kind !== LEFT_OUT), [run.steps]);
  const failed = useMemo(() => all.filter((record) => record.error !== null), [all]);
  const shown = onlyFailed && failed.length > 0 ? failed : all;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 10,
  });
  const chosen = shown.findIndex((record) => record.path === path);
  useEffect(() => {
    if (chosen >= 0) virtual.scrollToIndex(chosen, { align: 'auto' });
  }, [chosen, virtual]);
  return (
    <section className="run-line" aria-label="Time line" style={{ '--lines': shown.length } as CSSProperties}>
      <div className="run-line-head">
        <h2>
          {all.length.toLocaleString('en')} {all.length === 1 ? 'step' : 'steps'}
        </h2>
        {failed.length > 0 && failed.length < all.length && (
          <Switch
            size="xs"
            label={`${failed.length} failed only`}
            checked={onlyFailed}
            onChange={(event) => showOnlyFailed(event.currentTarget.checked)}
          />
        )}
      </div>
      <div className="run-line-scroll" ref={scroller}>
        <ol style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const record = shown[item.index] as StepRun;
            return (
              <li key={record.path} style={{ transform: `translateY(${item.start}px)` }}>
                <Line
                  record={record}
                  name={names.get(record.id) ?? record.id}
                  current={item.index === chosen}
                  goTo={goTo}
                />
              </li>
            );
          })}
        </ol>
        {all.length === 0 && <p className="quiet run-line-none">No step was begun.</p>}
      </div>
      {left && <p className="run-line-left quiet">{leftOut(left)} more steps are not kept.</p>}
    </section>
  );
}

function leftOut({ output }: StepRun): string {
  const many = typeof output === 'object' && output !== null && 'steps' in output ? Number(output.steps) : 0;
  return many.toLocaleString('en');
}

type LineProps = { record: StepRun; name: string; current: boolean; goTo: (path: string) => void };

function Line({ record, name, current, goTo }: LineProps) {
  const { depth, item } = lineOf(record);
  const sign = SIGNS[record.status] ?? { icon: 'right' as const, tone: 'quiet' };
  const { started_at, ended_at } = record;
  return (
    <UnstyledButton
      className="run-line-step"
      aria-current={current || undefined}
      style={{ paddingInlineStart: 10 + depth * 12 }}
      title={record.path}
      onClick={() => goTo(record.path)}
    >
      <span className={`status-${sign.tone}`}>
        <Icon name={sign.icon} size={13} strokeWidth={2.8} />
        <span className="sr-only">{statusWord(record.status)} </span>
      </span>
      <span className="cut">{name}</span>
      {item !== null && <span className="run-line-item">{item + 1}</span>}
      <span className="run-line-took quiet">
        {started_at && ended_at ? duration(Math.max(0, Date.parse(ended_at) - Date.parse(started_at))) : ''}
      </span>
    </UnstyledButton>
  );
}
