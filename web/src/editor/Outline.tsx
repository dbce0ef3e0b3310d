// The steps as a foldable list beside the canvas: what is read first by those who do not see the picture.
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { Icon, type IconName, isIcon } from '../components/icons';
import type { Definition, Step } from './document';
import { triggerStep } from './layout';
import { kindWord, stepName } from './summary';
import { listsOf, TRIGGER } from './tree';

type Row = {
  id: string;
  level: number;
  text: string;
  kind: string | null;
  icon: IconName;
  nested: boolean;
  size: number;
  at: number;
  parent: string | null;
};

function rowsOf(definition: Definition, folded: ReadonlySet<string>): Row[] {
  const trigger = triggerStep(definition);
  const size = definition.steps.length + 1;
  const first = { id: TRIGGER, level: 1, text: stepName(trigger, true), nested: false, size, at: 1, parent: null };
  const rows: Row[] = [{ ...first, kind: trigger.kind, icon: iconOf(trigger.kind) }];
  const walk = (steps: readonly Step[], level: number, parent: string | null, before: number) => {
    for (const [index, step] of steps.entries()) {
      const lists = listsOf(step);
      const place = { level, size: steps.length + before, at: index + 1 + before, parent };
      const text = stepName(step);
      rows.push({ id: step.id, ...place, text, kind: step.kind, icon: iconOf(step.kind), nested: lists.length > 0 });
      if (folded.has(step.id)) continue;
      if (step.kind === 'for_each') walk(lists[0]?.steps ?? [], level + 1, step.id, 0);
      else
        for (const [branch, list] of lists.entries()) {
          const id = `${step.id}/${list.key}`;
          const here = { level: level + 1, size: lists.length, at: branch + 1, parent: step.id };
          rows.push({ id, ...here, text: list.label, kind: null, icon: 'right', nested: true });
          walk(list.steps, level + 2, id, 0);
        }
    }
  };
  walk(definition.steps, 1, null, 1);
  return rows;
}

const iconOf = (kind: string): IconName => (isIcon(kind) ? kind : 'set');

type Props = {
  definition: Definition;
  folded: ReadonlySet<string>;
  selected: string | null;
  onSelect: (id: string) => void;
  onFold: (id: string) => void;
  onKey: (event: KeyboardEvent, id: string | null) => void;
  problems: ReadonlyMap<string, number>;
};

export function Outline({ definition, folded, selected, onSelect, onFold, onKey, problems }: Props) {
  const rows = useMemo(() => rowsOf(definition, folded), [definition, folded]);
  const root = useRef<HTMLDivElement>(null);
  const active = rows.some((row) => row.id === selected) ? selected : TRIGGER;

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the selection
  useEffect(() => {
    const row = root.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    row?.scrollIntoView({ block: 'nearest' });
    if (root.current?.contains(document.activeElement)) row?.focus({ preventScroll: true });
  }, [selected]);

  const pressed = (event: KeyboardEvent) => {
    const at = rows.findIndex((row) => row.id === active);
    const row = rows[at];
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const to = isPlain && row ? target(event.key, rows, at, folded) : undefined;
    if (to === undefined) return onKey(event, active);
    event.preventDefault();
    if (to === 'fold') onFold(row?.id ?? '');
    else if (to) onSelect(to.id);
  };

  return (
    <div className="outline" role="tree" aria-label="Outline of the flow" ref={root} onKeyDown={pressed}>
      {rows.map((row) => {
        const wrong = problems.get(row.id) ?? 0;
        const said = row.kind ? `${kindWord(row.kind)}: ${row.text}` : row.text;
        return (
          <div
            key={row.id}
            role="treeitem"
            aria-level={row.level}
            aria-setsize={row.size}
            aria-posinset={row.at}
            aria-selected={row.id === active}
            aria-expanded={row.nested && row.kind ? !folded.has(row.id) : undefined}
            aria-label={wrong ? `${said}, ${wrong} problems` : said}
            tabIndex={row.id === active ? 0 : -1}
            className={row.kind ? 'outline-row' : 'outline-row outline-branch'}
            style={{ paddingInlineStart: 8 + (row.level - 1) * 14 }}
            onClick={() => onSelect(row.id)}
          >
            {row.kind && <Icon name={row.icon} size={15} />}
            <span className="cut">{row.text}</span>
            {wrong > 0 && (
              <span className="outline-wrong" aria-hidden="true">
                {wrong}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Where a key leads in the tree; `fold` to fold or unfold the row; undefined for keys that are no moves. */
function target(key: string, rows: Row[], at: number, folded: ReadonlySet<string>): Row | 'fold' | null | undefined {
  const row = rows[at] as Row;
  const canFold = row.kind !== null && row.nested;
  const near = (index: number) => rows[Math.max(0, Math.min(rows.length - 1, index))] ?? null;
  if (key === 'ArrowDown') return near(at + 1);
  if (key === 'ArrowUp') return near(at - 1);
  if (key === 'Home') return near(0);
  if (key === 'End') return near(rows.length - 1);
  if (key === 'ArrowRight') return canFold && folded.has(row.id) ? 'fold' : row.nested ? near(at + 1) : null;
  if (key === 'ArrowLeft')
    return canFold && !folded.has(row.id) ? 'fold' : (rows.find((each) => each.id === row.parent) ?? null);
  return undefined;
}
