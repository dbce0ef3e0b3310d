// Which workspace one looks at the flow in: those that have it, found by name, slug or customer, however many.
import { Button, Popover } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useState } from 'react';
import { Icon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { ErrorBox } from '../components/States';
import { type Registration, useFlow } from './FlowContext';
import { PickList } from './PickList';
import { foundRegistrationsQuery } from './queries';

export function WorkspaceChooser() {
  const { workspace, registration } = useFlow();
  const [opened, setOpened] = useState(false);
  const named = registration?.workspace_name ?? workspace;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={380} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          className="flow-where"
          leftSection={<Icon name="workspace" size={16} />}
          rightSection={<Icon name="chevron" size={13} />}
          aria-haspopup="listbox"
          aria-label={`Workspace: ${named || 'none'}`}
          title={registration?.customer ? `${named}, ${registration.customer}` : named}
          onClick={() => setOpened(!opened)}
        >
          <span className="cut">{named || 'No workspace'}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label="Workspaces that have this flow">
        <Found close={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Found({ close }: { close: () => void }) {
  const { flow, workspace } = useFlow();
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const asked = useDeferredValue(text);
  const found = useInfiniteQuery({ ...foundRegistrationsQuery(flow.slug, asked), placeholderData: keepPreviousData });
  const items = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const choose = (chosen: Registration) => {
    close();
    void navigate({ to: '.', search: (now) => ({ ...now, workspace: chosen.workspace, v: undefined }) });
  };
  if (found.error) return <ErrorBox error={found.error} retry={() => void found.refetch()} />;
  return (
    <PickList
      label="Workspaces that have this flow"
      items={items}
      itemKey={(each) => each.workspace}
      row={(each) => <Row registration={each} />}
      chosen={(each) => each.workspace === workspace}
      choose={choose}
      rowHeight={48}
      search={{ text, set: setText, placeholder: 'Find a workspace or customer' }}
      more={{
        has: found.hasNextPage,
        loading: found.isFetchingNextPage || found.isPending,
        load: () => void found.fetchNextPage(),
      }}
      empty={<span className="quiet">No workspace found. Register the flow in one in the Registrations tab.</span>}
    />
  );
}

function Row({ registration }: { registration: Registration }) {
  const { workspace, workspace_name: name, customer, slot, resolved_version: version, active, fallback } = registration;
  const more = [name === workspace ? null : workspace, customer].filter(Boolean).join(' · ');
  return (
    <div className="where">
      <div className="version-text">
        <div className="cut">{name ?? workspace}</div>
        <div className="cut quiet version-more">{more || 'No customer'}</div>
      </div>
      {!active && <span className="version-mark">Inactive</span>}
      <SlotBadge slot={slot} version={version} fallback={fallback} />
    </div>
  );
}
