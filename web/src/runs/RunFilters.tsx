// The filters of the run list; each stands in the address.
import { Button, Menu, NumberInput, Select, TextInput } from '@mantine/core';
import { Icon } from '../components/icons';
import { SearchInput } from '../components/SearchInput';
import { statusWord } from '../components/StatusBadge';
import { WorkspaceSelect } from '../components/WorkspaceSelect';
import { FlowSelect } from './FlowSelect';
import { isPeriod, OPEN, type RunFilters, STATUSES, statusesIn, statusText, WRONG } from './filters';

type Props = {
  filters: RunFilters;
  filter: (change: RunFilters) => void;
  /** Whether the list is held to one flow. */
  ofFlow: boolean;
};

export function RunFilterBar({ filters, filter, ofFlow }: Props) {
  const { flow, workspace, slot, version, text } = filters;
  return (
    <div className="filters runs-filters" role="search" aria-label="Filters of the runs">
      <SearchInput label="Text in payload" value={text} onChange={(next) => filter({ text: next })} w={190} />
      {!ofFlow && <FlowSelect value={flow} onChange={(next) => filter({ flow: next })} />}
      <WorkspaceSelect value={workspace} onChange={(next) => filter({ workspace: next })} w={180} />
      <StatusMenu value={filters.status} onChange={(status) => filter({ status })} />
      <Select
        w={124}
        aria-label="Slot"
        placeholder="Any slot"
        clearable
        data={[
          { value: 'main', label: 'Main' },
          { value: 'staging', label: 'Staging' },
        ]}
        value={slot ?? null}
        onChange={(next) => filter({ slot: next ?? undefined })}
      />
      <NumberInput
        w={96}
        aria-label="Version"
        placeholder="Version"
        prefix="v"
        min={1}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        value={version ?? ''}
        onChange={(next) => filter({ version: next === '' ? undefined : String(next) })}
      />
      <Times filters={filters} filter={filter} />
    </div>
  );
}

function StatusMenu({ value, onChange }: { value: string | undefined; onChange: (value: string | undefined) => void }) {
  const chosen = statusesIn(value);
  const turn = (status: (typeof STATUSES)[number]) =>
    onChange(statusText(chosen.includes(status) ? chosen.filter((each) => each !== status) : [...chosen, status]));
  const word = statusesWord(chosen);
  return (
    <Menu closeOnItemClick={false} withinPortal={false} withInitialFocusPlaceholder={false} position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          className="runs-status"
          rightSection={<Icon name="chevron" size={14} />}
          aria-label={`Status: ${word}`}
        >
          {word}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {STATUSES.map((status) => (
          <Menu.CheckboxItem key={status} checked={chosen.includes(status)} onChange={() => turn(status)}>
            {status === 'suspended' ? 'Waiting' : statusWord(status)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => onChange(statusText(WRONG))}>All that went wrong</Menu.Item>
        <Menu.Item onClick={() => onChange(statusText(OPEN))}>All that have not ended</Menu.Item>
        <Menu.Item onClick={() => onChange(undefined)}>Any status</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function statusesWord(chosen: readonly string[]): string {
  if (chosen.length === 0) return 'Any status';
  if (chosen.join() === WRONG.join()) return 'Went wrong';
  if (chosen.join() === OPEN.join()) return 'Not ended';
  return chosen.length > 2 ? `${chosen.length} statuses` : chosen.map(statusWord).join(', ');
}

const TIMES = [
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last day' },
  { value: '7d', label: 'Last week' },
  { value: 'own', label: 'From – to' },
];

function Times({ filters: { from, to }, filter }: Pick<Props, 'filters' | 'filter'>) {
  const own = (from !== undefined && !isPeriod(from)) || to !== undefined;
  const choose = (value: string | null) => {
    if (value === 'own') filter({ from: midnight(), to: undefined });
    else filter({ from: value ?? undefined, to: undefined });
  };
  return (
    <>
      <Select
        w={128}
        aria-label="Time"
        placeholder="Any time"
        clearable
        data={TIMES}
        value={own ? 'own' : (from ?? null)}
        onChange={choose}
      />
      {own && (
        <>
          <Moment label="From" value={from} onChange={(next) => filter({ from: next })} />
          <Moment label="To" value={to} onChange={(next) => filter({ to: next })} />
        </>
      )}
    </>
  );
}

type MomentProps = { label: string; value: string | undefined; onChange: (value: string | undefined) => void };

function Moment({ label, value, onChange }: MomentProps) {
  return (
    <TextInput
      type="datetime-local"
      w={196}
      aria-label={`${label} (your time)`}
      title={`${label}, in your time zone`}
      value={isPeriod(value) ? '' : local(value)}
      onChange={(event) => {
        const time = new Date(event.target.value);
        onChange(Number.isNaN(time.getTime()) ? undefined : time.toISOString());
      }}
    />
  );
}

/** As the browser's field wants it: without a zone, to the minute. */
function local(text: string | undefined): string {
  const time = new Date(text ?? '');
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function midnight(): string {
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  return today.toISOString();
}
