// Registers the flow to one or many workspaces; a private flow says why it cannot be (R15).
import { Alert, Button, Checkbox, Group, Modal, Progress, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { S } from '../api/client';
import { workspacesQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { Empty, ErrorBox, Loading } from '../components/States';
import { type Column, VirtualTable } from '../components/VirtualTable';
import { useFlow } from '../flow/FlowContext';
import { registeredQuery } from './queries';
import { type Outcome, useRegistering } from './useRegistering';

type Workspace = S['WorkspaceAnswer'];

export function RegisterDialog({ close }: { close: () => void }) {
  const { flow } = useFlow();
  return (
    <Modal opened onClose={close} title={`Register ${flow.name} to workspaces`} size={720}>
      {flow.visibility === 'private' ? <Private /> : <Choosing close={close} />}
    </Modal>
  );
}

function Private() {
  const { flow } = useFlow();
  return (
    <Alert color="gray" icon={<Icon name="info" />} title="This flow is private">
      A private flow runs only in its own workspace
      {flow.home_workspace && (
        <>
          , <span className="mono">{flow.home_workspace}</span>
        </>
      )}{' '}
      (R15). To register it elsewhere, make it shared in its{' '}
      <Link className="link" to="/flows/$flow/settings" params={{ flow: flow.slug }}>
        settings
      </Link>
      .
    </Alert>
  );
}

function Choosing({ close }: { close: () => void }) {
  const { flow } = useFlow();
  const [text, setText] = useState('');
  const [active, setActive] = useState(true);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { data: all, error, isPending, refetch } = useQuery(workspacesQuery());
  const registered = useQuery(registeredQuery(flow.slug));
  const work = useRegistering(flow.slug);
  const open = useMemo(() => all?.filter((each) => !registered.data?.has(each.slug)) ?? [], [all, registered.data]);
  const shown = useMemo(() => open.filter((each) => fits(each, text)), [open, text]);
  if (error) return <ErrorBox error={error} retry={() => void refetch()} />;
  if (isPending || registered.isPending) return <Loading label="Looking which workspaces have the flow" />;
  if (work.outcome) return <Result outcome={work.outcome} close={close} />;
  if (work.progress) return <Working {...work.progress} stop={work.stop} />;
  if (open.length === 0)
    return (
      <Empty icon="check" title="Every workspace has this flow">
        Create another workspace to register it there.
      </Empty>
    );
  const all_shown = shown.length > 0 && shown.every((each) => chosen.has(each.slug));
  const turnAll = () => {
    const next = new Set(chosen);
    for (const { slug } of shown) all_shown ? next.delete(slug) : next.add(slug);
    setChosen(next);
  };
  return (
    <div className="register">
      <TextInput
        aria-label="Search workspaces"
        placeholder="Search by name, slug or customer"
        leftSection={<Icon name="search" size={15} />}
        value={text}
        onChange={(event) => setText(event.target.value)}
        data-autofocus
      />
      <Checkbox
        label={
          text
            ? `All ${shown.length.toLocaleString('en')} found`
            : `All ${shown.length.toLocaleString('en')} workspaces without it`
        }
        checked={all_shown}
        indeterminate={!all_shown && shown.some((each) => chosen.has(each.slug))}
        onChange={turnAll}
        disabled={shown.length === 0}
      />
      <div className="register-list">
        <VirtualTable
          label="Workspaces without this flow"
          rows={shown}
          columns={columns(chosen, (slug) => setChosen(toggled(chosen, slug)))}
          rowKey={(row) => row.slug}
          minWidth={480}
          rowHeight={40}
          footer={shown.length === 0 && <p className="vtable-more">No such workspace</p>}
        />
      </div>
      <Switch
        label="Active at once"
        description="It looks to main there, and runs once a version is on main. Configuration and connections can be filled in afterwards."
        checked={active}
        onChange={(event) => setActive(event.target.checked)}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button className="cta" disabled={chosen.size === 0} onClick={() => void work.register([...chosen], active)}>
          {chosen.size === 0
            ? 'Choose workspaces'
            : `Register to ${chosen.size.toLocaleString('en')} ${chosen.size === 1 ? 'workspace' : 'workspaces'}`}
        </Button>
      </Group>
    </div>
  );
}

function columns(chosen: ReadonlySet<string>, toggle: (slug: string) => void): Column<Workspace>[] {
  const box = (row: Workspace) => (
    <Checkbox
      size="xs"
      label={row.name}
      checked={chosen.has(row.slug)}
      onChange={() => toggle(row.slug)}
      styles={{ label: { fontSize: 14 } }}
    />
  );
  return [
    { key: 'name', title: 'Workspace', width: 'minmax(180px, 2fr)', cell: box },
    {
      key: 'slug',
      title: 'Slug',
      width: 'minmax(100px, 1fr)',
      cell: (row) => <span className="mono">{row.slug}</span>,
    },
    { key: 'customer', title: 'Customer', width: 'minmax(120px, 1.3fr)', cell: (row) => row.customer ?? '–' },
  ];
}

function toggled(chosen: ReadonlySet<string>, slug: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(slug)) next.add(slug);
  return next;
}

function fits(workspace: Workspace, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const said = `${workspace.name} ${workspace.slug} ${workspace.customer ?? ''}`.toLowerCase();
  return words.every((word) => said.includes(word));
}

function Working({ done, of, stop }: { done: number; of: number; stop: () => void }) {
  return (
    <div className="register" role="status">
      <p>
        {done.toLocaleString('en')} of {of.toLocaleString('en')} workspaces
      </p>
      <Progress value={(100 * done) / of} aria-label="Registering" />
      <Group justify="flex-end">
        <Button variant="default" onClick={stop}>
          Stop here
        </Button>
      </Group>
    </div>
  );
}

function Result({ outcome, close }: { outcome: Outcome; close: () => void }) {
  const { made, had, left, refused } = outcome;
  return (
    <div className="register">
      <p role="status">
        Registered to <strong>{made.toLocaleString('en')}</strong> {made === 1 ? 'workspace' : 'workspaces'}.
        {had > 0 && ` ${had} had it already.`}
        {left > 0 && ` Stopped before ${left} more.`}
      </p>
      {refused.length > 0 && (
        <>
          <p className="bad">Refused in {refused.length}:</p>
          <ul className="register-refused">
            {refused.slice(0, 100).map(({ workspace, why }) => (
              <li key={workspace}>
                <span className="mono">{workspace}</span>: {why}
              </li>
            ))}
          </ul>
        </>
      )}
      <Group justify="flex-end">
        <Button className="cta" onClick={close}>
          Done
        </Button>
      </Group>
    </div>
  );
}
