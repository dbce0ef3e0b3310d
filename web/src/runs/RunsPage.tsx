// All runs that the caller may see: what ran, where, on which version, and why it failed.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../components/Page';
import type { RunFilters } from './filters';
import { RunListPart } from './RunTable';

export function RunsPage() {
  const filters = useSearch({ from: '/shell/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const filter = (change: RunFilters) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page title="Runs" lead="What ran, on which version, and how it went; newest first">
      <RunListPart filters={filters} filter={filter} />
    </Page>
  );
}
