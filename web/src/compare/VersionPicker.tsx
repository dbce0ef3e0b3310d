// Chooses one of the versions to compare, from the whole history.
import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../components/icons';
import { SlotIcon } from '../components/SlotBadge';
import { useFlow } from '../flow/FlowContext';
import { HistoryList } from '../flow/HistoryMenu';

type Props = { label: string; value: number; choose: (number: number) => void };

export function VersionPicker({ label, value, choose }: Props) {
  const { flow } = useFlow();
  const [opened, setOpened] = useState(false);
  const slots = (['staging', 'main'] as const).filter((slot) => flow[slot]?.number === value);
  const words = slots.map((slot) => (slot === 'main' ? 'Main' : 'Staging')).join(', ');
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={430} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          className="compare-pick"
          aria-haspopup="listbox"
          aria-label={`${label} v${value}${words && `, ${words}`}`}
          rightSection={<Icon name="chevron" size={13} />}
          onClick={() => setOpened(!opened)}
        >
          <span className="quiet">{label}</span>&nbsp;v{value}&nbsp;
          {slots.map((slot) => (
            <SlotIcon key={slot} slot={slot} size={15} />
          ))}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label={`${label}: choose a version`}>
        <HistoryList
          shown={value}
          mark="Chosen"
          choose={(version) => {
            setOpened(false);
            choose(version.number);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
