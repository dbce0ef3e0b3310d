// The flow as a tree of lines: all steps and branches at a glance, foldable, with what is wrong and what happened.
import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react';
import { Icon, isIcon } from '../components/icons';
import { statusWord } from '../components/StatusBadge';
import { MARKS, type Mark, type StepState } from './CanvasNodes';
import type { Definition } from './document';
import { type Line, linesOf } from './outline_lines';
import { TRIGGER } from './tree';

export type OutlineProps = {
  definition: Definition;
  folded: ReadonlySet<string>;
  /** A step, the trigger, or a branch of a step (`check/then`). */
  selected: string | null;
  onSelect: (id: string) => void;
  onFold: (id: string) => void;
  /** Keys that the tree itself does not use. */
  onKey?: (event: KeyboardEvent, id: string) => void;
  problems?: ReadonlyMap<string, number>;
  marks?: ReadonlyMap<string, Mark>;
  states?: ReadonlyMap<string, StepState>;
};

export const Outline = memo((props: OutlineProps) => {
  const { definition, folded, selected, onSelect, onFold, onKey } = props;
  const lines = useMemo(() => linesOf(definition, folded), [definition, folded]);
  const [branch, choose] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const wanted = branch ?? selected;
  const active = lines.some((line) => line.id === wanted) ? wanted : TRIGGER;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever selects a step ends the choice of a branch
  useEffect(() => choose(null), [selected]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when another line becomes the active one
  useEffect(() => {
    const line = root.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    line?.scrollIntoView({ block: 'nearest' });
    if (root.current?.contains(document.activeElement)) line?.focus({ preventScroll: true });
  }, [active]);

  const go = (line: Line | undefined) => {
    if (!line) return;
    choose(line.step ? null : line.id);
    if (line.step) onSelect(line.id);
  };
  const pressed = (event: KeyboardEvent) => {
    const at = lines.findIndex((line) => line.id === active);
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const act = plain && moves(lines, at, folded)[event.key];
    if (!act) return onKey?.(event, active as string);
    event.preventDefault();
    if (act === 'fold') onFold(active as string);
    else go(act);
  };
  return (
    <div className="outline" role="tree" aria-label="Outline of the flow" ref={root} onKeyDown={pressed}>
      {lines.map((line) => (
        <Row
          key={line.id}
          line={line}
          active={line.id === active}
          chosen={line.id === wanted}
          folded={folded.has(line.id)}
          problems={props.problems?.get(line.id) ?? 0}
          mark={props.marks?.get(line.id)}
          state={props.states?.get(line.id)}
          onGo={() => go(line)}
          onFold={onFold}
        />
      ))}
    </div>
  );
});

/** What the keys of a tree do at a line: lead to another one, or fold it. */
function moves(
  lines: readonly Line[],
  at: number,
  folded: ReadonlySet<string>,
): Record<string, Line | 'fold' | undefined> {
  const line = lines[at];
  const shut = line?.nested && folded.has(line.id);
  const open = line?.nested && line.step && !shut;
  return {
    ArrowDown: lines[Math.min(at + 1, lines.length - 1)],
    ArrowUp: lines[Math.max(at - 1, 0)],
    Home: lines[0],
    End: lines.at(-1),
    ArrowLeft: open ? 'fold' : (lines.find((each) => each.id === line?.parent) ?? line),
    ArrowRight: shut ? 'fold' : line?.nested ? lines[at + 1] : line,
  };
}

type RowProps = {
  line: Line;
  active: boolean;
  chosen: boolean;
  folded: boolean;
  problems: number;
  mark?: Mark;
  state?: StepState;
  onGo: () => void;
  onFold: (id: string) => void;
};

function Row({ line, active, chosen, folded, problems, mark, state, onGo, onFold }: RowProps) {
  const wrong = problems === 0 ? '' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`;
  const more = [wrong, mark ?? '', state ? statusWord(state.status) : '', line.off ? 'switched off' : ''];
  const looks = ['line', !line.step && 'line-branch', chosen && 'line-chosen', line.off && 'line-off'];
  return (
    <div
      role="treeitem"
      data-list={line.step ? undefined : line.id}
      aria-level={line.level}
      aria-setsize={line.size}
      aria-posinset={line.position}
      aria-selected={active}
      aria-expanded={line.nested && line.step ? !folded : undefined}
      tabIndex={active ? 0 : -1}
      className={looks.filter(Boolean).join(' ')}
      style={{ paddingInlineStart: 6 + (line.level - 1) * 12 }}
      onClick={onGo}
    >
      {line.nested && line.step ? (
        <span
          className={folded ? 'line-fold line-shut' : 'line-fold'}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            onFold(line.id);
          }}
        >
          <Icon name="chevron" size={13} />
        </span>
      ) : (
        <span className="line-fold" />
      )}
      {line.step && <Icon name={isIcon(line.kind) ? line.kind : 'set'} size={15} />}
      <span className="cut line-text" title={line.text}>
        {line.text}
        <span className="sr-only">{more.map((each) => (each ? `, ${each}` : ''))}</span>
      </span>
      {state && (
        <span className={`line-sign status-${toneOf(state.status)}`} aria-hidden="true">
          {signOf(state.status)}
        </span>
      )}
      {mark && (
        <span className={`line-sign line-${mark}`} aria-hidden="true">
          {MARKS[mark].slice(0, 1)}
        </span>
      )}
      {problems > 0 && (
        <span className="line-problems" title={wrong} aria-hidden="true">
          {problems}
        </span>
      )}
    </div>
  );
}

const SIGNS: Record<string, string> = { success: '✓', failed: '✕', exception: '✕', skipped: '–', canceled: '–' };
const TONES: Record<string, string> = { '✓': 'good', '✕': 'bad', '–': 'quiet' };
const signOf = (status: string) => SIGNS[status] ?? '…';
const toneOf = (status: string) => TONES[signOf(status)] ?? 'busy';
