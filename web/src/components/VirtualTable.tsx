// A table of any length: only the rows in sight are in the page, and more is loaded as one scrolls.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactNode, useEffect, useRef } from 'react';

export type Column<Row> = {
  key: string;
  title: ReactNode;
  /** A grid track, such as `minmax(160px, 2fr)`. */
  width: string;
  cell: (row: Row) => ReactNode;
  /** Whether numbers stand in it. */
  numeric?: boolean;
  /** How the rows are sorted by it, if they are. */
  sorted?: 'ascending' | 'descending';
};

type Props<Row> = {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  rowHeight?: number;
  /** Below this width the table scrolls sideways. */
  minWidth?: number;
  /** Whether there is more to load, and how. */
  more?: { has: boolean; loading: boolean; load: () => void };
  /** Called for Enter on a row and for a click outside its controls. */
  open?: (row: Row) => void;
  footer?: ReactNode;
};

/** Rows left below the last one in sight when the next page is asked for. */
const AHEAD = 40;

export function VirtualTable<Row>(props: Props<Row>) {
  const { label, rows, columns, rowKey, rowHeight = 44, minWidth, more, open, footer } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more?.has && !more.loading && last >= rows.length - AHEAD) more.load();
  }, [last, rows.length, more]);
  const template = columns.map((column) => column.width).join(' ');

  const move = (event: KeyboardEvent<HTMLDivElement>, index: number) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter' && open && rows[index] !== undefined) open(rows[index]);
    if (!step) return;
    event.preventDefault();
    const to = Math.min(rows.length - 1, Math.max(0, index + step));
    virtual.scrollToIndex(to);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus());
  };

  return (
    <div
      className="vtable"
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={more?.has ? -1 : rows.length + 1}
    >
      <div className="vtable-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth }}>
        {columns.map((column) => (
          <div
            key={column.key}
            role="columnheader"
            aria-sort={column.sorted}
            className={column.numeric ? 'numeric' : undefined}
          >
            {column.title}
          </div>
        ))}
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), minWidth, position: 'relative' }}>
        {items.map((item) => {
          const row = rows[item.index] as Row;
          return (
            <div
              key={rowKey(row)}
              role="row"
              aria-rowindex={item.index + 2}
              data-index={item.index}
              tabIndex={open ? 0 : -1}
              className={open ? 'vtable-row opens' : 'vtable-row'}
              style={{
                gridTemplateColumns: template,
                minWidth,
                height: item.size,
                transform: `translateY(${item.start}px)`,
              }}
              onKeyDown={(event) => move(event, item.index)}
              onClick={(event) => open && !isControl(event.target) && open(row)}
            >
              <Cells row={row} columns={columns as readonly Column<unknown>[]} />
            </div>
          );
        })}
      </div>
      {more?.loading && <p className="vtable-more">Loading more…</p>}
      {footer}
    </div>
  );
}

/** Drawn anew only when the row or the columns changed, not for each step of scrolling. */
const Cells = memo(function Cells({ row, columns }: { row: unknown; columns: readonly Column<unknown>[] }) {
  return columns.map((column) => (
    <div key={column.key} role="cell" className={column.numeric ? 'numeric' : undefined}>
      {column.cell(row)}
    </div>
  ));
});

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, label, [role="menuitem"]') !== null;
}
