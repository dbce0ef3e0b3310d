// A list of any length in a menu: only the rows in sight are in the page, and the arrow keys choose one.
import { TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../components/icons';

type Props<Item> = {
  label: string;
  items: readonly Item[];
  itemKey: (item: Item) => string;
  row: (item: Item) => ReactNode;
  chosen: (item: Item) => boolean;
  choose: (item: Item) => void;
  rowHeight: number;
  more?: { has: boolean; loading: boolean; load: () => void };
  search?: { text: string; set: (text: string) => void; placeholder: string };
  empty: ReactNode;
};

const AHEAD = 30;
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

export function PickList<Item>(props: Props<Item>) {
  const { label, items, itemKey, row, chosen, choose, rowHeight, more, search, empty } = props;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(() => Math.max(0, items.findIndex(chosen)));
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => list.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialOffset: Math.max(0, at - 2) * rowHeight,
  });
  const seen = virtual.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more?.has && !more.loading && last >= items.length - AHEAD) more.load();
  }, [last, items.length, more]);
  useEffect(() => {
    if (!search) list.current?.focus();
  }, [search]);

  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key] ?? (event.key === 'Home' ? -items.length : event.key === 'End' ? items.length : 0);
    if (event.key === 'Enter' && items[at] !== undefined) {
      event.preventDefault();
      choose(items[at]);
    } else if (step && !(search && (event.key === 'Home' || event.key === 'End'))) {
      event.preventDefault();
      const to = Math.min(items.length - 1, Math.max(0, at + step));
      setAt(to);
      virtual.scrollToIndex(to);
    }
  };
  const active = seen.some((item) => item.index === at) ? `${id}-${at}` : undefined;
  return (
    <div className="pick">
      {search && (
        <TextInput
          size="xs"
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={active}
          aria-label={search.placeholder}
          placeholder={search.placeholder}
          leftSection={<Icon name="search" size={14} />}
          value={search.text}
          onChange={(event) => {
            setAt(0);
            search.set(event.currentTarget.value);
          }}
          onKeyDown={press}
        />
      )}
      <div
        id={`${id}-list`}
        ref={list}
        className="pick-list"
        role="listbox"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={active}
        onKeyDown={press}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {seen.map((item) => {
            const each = items[item.index] as Item;
            return (
              <div
                key={itemKey(each)}
                id={`${id}-${item.index}`}
                role="option"
                tabIndex={-1}
                aria-selected={chosen(each)}
                aria-setsize={more?.has ? -1 : items.length}
                aria-posinset={item.index + 1}
                className={item.index === at ? 'pick-row at' : 'pick-row'}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                onClick={() => choose(each)}
                onMouseMove={() => setAt(item.index)}
              >
                {row(each)}
              </div>
            );
          })}
        </div>
        {more?.loading && <p className="quiet pick-note">Loading more…</p>}
        {items.length === 0 && !more?.loading && <div className="pick-note">{empty}</div>}
      </div>
    </div>
  );
}
