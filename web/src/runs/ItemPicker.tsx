// Which item of a loop is looked at: ◂ 3 / 120 ▸, with the items that failed marked and one press away.
import { ActionIcon, Button, Select } from '@mantine/core';
import { Icon } from '../components/icons';
import type { Loop } from '../editor/records';
import { nextFailed } from './items';

type Props = { loop: Loop; name: string; item: number; look: (item: number) => void };

const MOST_SHOWN = 200;

export function ItemPicker({ loop, name, item, look }: Props) {
  const { items, failed } = loop;
  const at = items.indexOf(item);
  const go = (by: number) => {
    const to = items[at + by];
    if (to !== undefined) look(to);
  };
  const next = nextFailed(loop, item);
  const last = (items.at(-1) ?? 0) + 1;
  return (
    <div className="run-items" role="group" aria-label={`Item of ${name}`}>
      <Icon name="for_each" size={15} />
      <span className="cut run-items-name" title={loop.id}>
        {name}
      </span>
      <ActionIcon variant="default" size="md" aria-label="Previous item" disabled={at <= 0} onClick={() => go(-1)}>
        <Icon name="right" size={15} style={{ transform: 'rotate(180deg)' }} />
      </ActionIcon>
      <Select
        size="xs"
        w={118}
        searchable
        limit={MOST_SHOWN}
        aria-label={`Item of ${name}`}
        allowDeselect={false}
        value={String(item)}
        data={items.map((each) => ({
          value: String(each),
          label: `${each + 1} / ${last}${failed.includes(each) ? ' ✕' : ''}`,
        }))}
        onChange={(to) => to !== null && look(Number(to))}
        comboboxProps={{ width: 150 }}
      />
      <ActionIcon
        variant="default"
        size="md"
        aria-label="Next item"
        disabled={at >= items.length - 1}
        onClick={() => go(1)}
      >
        <Icon name="right" size={15} />
      </ActionIcon>
      {failed.length > 0 && (
        <Button
          size="compact-xs"
          variant="default"
          className="run-items-failed"
          disabled={next === null}
          onClick={() => next !== null && look(next)}
        >
          {next === null ? `✕ ${failed.length} failed` : `✕ next of ${failed.length} failed`}
        </Button>
      )}
    </div>
  );
}
