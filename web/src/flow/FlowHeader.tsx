// The flow's header: what it is, where one looks at it, what is on display, and what can be done with it.
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { versionQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { useFlow } from './FlowContext';
import { FlowTabs } from './FlowTabs';
import { HistoryMenu } from './HistoryMenu';
import { Indicator } from './Indicator';
import { PromoteButton } from './PromoteButton';
import { SaveGroup } from './SaveGroup';
import { useWork } from './Work';
import { WorkspaceChooser } from './WorkspaceChooser';

export function FlowHeader() {
  const { flow, registration, workspace, shown } = useFlow();
  const version = useQuery({ ...versionQuery(flow.slug, shown ?? 0), enabled: shown !== null });
  const callable = triggerKind(version.data?.definition) === 'on_demand';
  const { editor } = useWork();
  const editing = useLocation({ select: ({ pathname }) => decodeURIComponent(pathname) === `/flows/${flow.slug}` });
  return (
    <header className="flow-head">
      <div className="flow-bar">
        <div className="flow-name">
          <Link to="/flows" search={workspace ? { workspace } : {}}>
            Flows
          </Link>
          <span aria-hidden="true" className="quiet">
            /
          </span>
          <h1 title={flow.name}>{flow.name}</h1>
        </div>
        {registration && !registration.active && (
          <span className="tag tag-off" title="No trigger starts it in this workspace; it can be test-run.">
            <Icon name="pause" size={12} /> Inactive
          </span>
        )}
        {callable && (
          <span className="tag" title="Other flows start it by a call_flow step.">
            <Icon name="call_flow" size={12} /> <span className="tag-word">Callable</span>
          </span>
        )}
        <WorkspaceChooser />
        <HistoryMenu />
        <div className="flow-side">
          <PromoteButton />
          <Indicator />
        </div>
      </div>
      <div className="flow-bar flow-bar-low">
        <FlowTabs />
        {(editing || editor.dirty) && <SaveGroup />}
      </div>
    </header>
  );
}

function triggerKind(definition: unknown): unknown {
  return (definition as { trigger?: { kind?: unknown } } | undefined)?.trigger?.kind;
}
