// History: every saved version, newest first (R9), and beside the button the slot that is active here (R8, R10).
import { Button, NumberInput, Popover } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Icon } from '../components/icons';
import { SlotIcon } from '../components/SlotBadge';
import { ErrorBox } from '../components/States';
import { type FlowView, useFlow, type Version } from './FlowContext';
import { PickList } from './PickList';
import { historyQuery } from './queries';
import { VersionRow } from './VersionRow';

const MANY = 50;

export function HistoryMenu() {
  const { flow, shown, asked, workspace } = useFlow();
  const [opened, setOpened] = useState(false);
  const navigate = useNavigate();
  const go = (number: number) => {
    setOpened(false);
    void navigate({ to: '/flows/$flow', params: { flow: flow.slug }, search: { workspace, v: number } });
  };
  const choose = (version: Version) => go(version.number);
  return (
    <div className="history">
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-start"
        width={430}
        shadow="md"
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<Icon name="history" size={16} />}
            rightSection={<Icon name="chevron" size={13} />}
            aria-haspopup="listbox"
            onClick={() => setOpened(!opened)}
          >
            History{shown !== null && ` · v${shown}`}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={6} aria-label="History">
          <HistoryList shown={shown} choose={choose} />
          {(flow.latest?.number ?? 0) > MANY && <GoTo newest={flow.latest?.number ?? 1} go={go} />}
          {asked && (
            <Button
              fullWidth
              variant="subtle"
              size="xs"
              mt={4}
              onClick={() => {
                setOpened(false);
                void navigate({ to: '/flows/$flow', params: { flow: flow.slug }, search: { workspace } });
              }}
            >
              Back to what this workspace works with
            </Button>
          )}
        </Popover.Dropdown>
      </Popover>
      <ActiveIcon />
    </div>
  );
}

/** All versions to choose one from; also what the compare page picks from. */
type ListProps = { shown: number | null; mark?: string; choose: (version: Version) => void };

export function HistoryList({ shown, mark = 'Shown', choose }: ListProps) {
  const { flow, newest } = useFlow();
  const found = useInfiniteQuery(historyQuery(flow.slug));
  const items = useMemo(
    () => asOfNow(found.data?.pages.flatMap((page) => page.items) ?? [], newest, flow),
    [found.data, newest, flow],
  );
  const more = {
    has: found.hasNextPage,
    loading: found.isFetchingNextPage || found.isPending,
    load: () => void found.fetchNextPage(),
  };
  if (found.error && items.length === 0) return <ErrorBox error={found.error} retry={() => void found.refetch()} />;
  return (
    <PickList
      label="Versions, newest first"
      items={items}
      itemKey={(version) => String(version.number)}
      row={(version) => <VersionRow version={version} mark={version.number === shown ? mark : null} />}
      chosen={(version) => version.number === shown}
      choose={choose}
      rowHeight={54}
      more={more}
      empty={<span className="quiet">Nothing was saved yet.</span>}
    />
  );
}

/** The versions read so far with what changed since: newer ones, those set aside, and the icons. */
function asOfNow(read: readonly Version[], newest: readonly Version[], flow: FlowView['flow']): Version[] {
  const now = new Map(newest.map((version) => [version.number, version]));
  const first = read[0]?.number ?? 0;
  const newer = newest.filter((version) => version.number > first);
  const icons = (number: number) => (['staging', 'main'] as const).filter((slot) => flow[slot]?.number === number);
  return [...newer, ...read].map((each) => ({ ...(now.get(each.number) ?? each), icons: icons(each.number) }));
}

/** A long history is not scrolled through by whoever knows the number. */
function GoTo({ newest, go }: { newest: number; go: (number: number) => void }) {
  const [number, setNumber] = useState<number | string>('');
  const fits = typeof number === 'number' && number >= 1 && number <= newest;
  return (
    <form
      className="history-go"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) go(number);
      }}
    >
      <NumberInput
        size="xs"
        aria-label="Number of a version"
        placeholder={`Version, 1 to ${newest.toLocaleString('en')}`}
        min={1}
        max={newest}
        allowDecimal={false}
        hideControls
        value={number}
        onChange={setNumber}
      />
      <Button type="submit" size="xs" variant="default" disabled={!fits}>
        Show
      </Button>
    </form>
  );
}

/** The slot that is active in this workspace. */
function ActiveIcon() {
  const { registration, workspace } = useFlow();
  if (!registration) return null;
  const { slot, resolved_version: runs, fallback } = registration;
  const word = slot === 'main' ? 'Main' : 'Staging';
  const what = runs === null ? 'nothing is there yet' : `version ${runs}${fallback ? ', for now the staged one' : ''}`;
  const text = `${word} is active in ${workspace}: ${what}`;
  return (
    <span
      className={`history-active version-icon version-icon-${slot}`}
      role="img"
      aria-label={text}
      title={text}
      data-active-slot={slot}
    >
      <SlotIcon slot={slot} size={20} />
    </span>
  );
}
