// Every workspace that has the flow: what runs there, whether it is set up, and how its runs went.
import { Button, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useLively } from '../api/useLively';
import { Icon } from '../components/icons';
import { SearchInput } from '../components/SearchInput';
import { useFlow } from '../flow/FlowContext';
import { isFiltered, type RegistrationFilters, registrationsQuery } from './queries';
import { RegisterDialog } from './RegisterDialog';
import { RegistrationDrawer } from './RegistrationDrawer';
import { RegistrationTable } from './RegistrationTable';
import './registrations.css';

const CHOICES = [
  { key: 'slot', label: 'Slot', none: 'Any slot', yes: ['main', 'On main'], no: ['staging', 'On staging'] },
  { key: 'active', label: 'State', none: 'Any state', yes: ['yes', 'Active'], no: ['no', 'Inactive'] },
  {
    key: 'complete',
    label: 'Set-up',
    none: 'Any set-up',
    yes: ['true', 'Complete'],
    no: ['false', 'Incomplete'],
  },
] as const;

export type Change = RegistrationFilters & { open?: string };

export function RegistrationsPage() {
  const { flow } = useFlow();
  const filters = useSearch({ from: '/shell/flows/$flow/registrations' });
  const navigate = useNavigate({ from: '/flows/$flow/registrations' });
  const [registering, setRegistering] = useState(false);
  const filter = useCallback(
    (change: Change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const query = useInfiniteQuery(registrationsQuery(flow.slug, filters));
  useLively(['registration-list', flow.slug], (event) => event.flow === flow.slug);
  const total = query.data?.pages[0]?.total;
  return (
    <div className="fill registrations">
      <div className="filters">
        <SearchInput label="Search registrations" value={filters.text} onChange={(text) => filter({ text })} />
        {CHOICES.map(({ key, label, none, yes, no }) => (
          <Select
            key={key}
            aria-label={label}
            placeholder={none}
            size="sm"
            w={150}
            clearable
            data={[yes, no].map(([value, word]) => ({ value, label: word }))}
            value={filters[key] ?? null}
            onChange={(value) => filter({ [key]: value ?? undefined })}
          />
        ))}
        <span className="registrations-count" role="status">
          {total !== undefined && counted(total, isFiltered(filters) ? flow.registrations : total)}
        </span>
        <Button className="cta" leftSection={<Icon name="plus" size={16} />} onClick={() => setRegistering(true)}>
          Register to workspaces
        </Button>
      </div>
      <RegistrationTable filters={filters} filter={filter} register={() => setRegistering(true)} />
      {filters.open && <RegistrationDrawer ws={filters.open} close={() => filter({ open: undefined })} />}
      {registering && <RegisterDialog close={() => setRegistering(false)} />}
    </div>
  );
}

function counted(total: number, all: number): string {
  const figure = total.toLocaleString('en');
  if (total === all) return `${figure} ${total === 1 ? 'workspace' : 'workspaces'}`;
  return `${figure} of ${all.toLocaleString('en')} workspaces`;
}
