// The Runs tab of a flow: its runs in all workspaces; `in` holds them to one.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useFlow } from '../flow/FlowContext';
import type { RunFilters } from './filters';
import { RunListPart } from './RunTable';

export function FlowRunsPage() {
  const { flow } = useFlow();
  const { slot, version, status, from, to, text, in: workspace } = useSearch({ from: '/shell/flows/$flow/runs' });
  const navigate = useNavigate({ from: '/flows/$flow/runs' });
  const filter = ({ flow: _, workspace: _in, ...change }: RunFilters, held?: { in?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change, ...held }), replace: true });
  return (
    <div className="runs-tab">
      <RunListPart
        ofFlow
        filters={{ flow: flow.slug, workspace, slot, version, status, from, to, text }}
        filter={(change) => filter(change, 'workspace' in change ? { in: change.workspace } : undefined)}
      />
    </div>
  );
}
