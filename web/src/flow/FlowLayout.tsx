// The frame of a flow's pages: its header with what runs where, its tabs, and the page below.
import { Outlet } from '@tanstack/react-router';
import { useTitle } from '../components/Page';
import { ErrorBox, Loading } from '../components/States';
import { ConflictDialog } from './ConflictDialog';
import './flow.css';
import { FlowContext } from './FlowContext';
import { FlowHeader } from './FlowHeader';
import { LeaveGuard } from './LeaveGuard';
import { AsideBar, NewsBar } from './NewsBar';
import { ProblemsDialog } from './ProblemsDialog';
import { useFlowView } from './useFlowView';
import { isConflict, useWork, WorkProvider } from './Work';

export function FlowLayout() {
  const { view, error, retry } = useFlowView();
  useTitle(view?.flow.name ?? 'Flow');
  if (error) return <ErrorBox error={error} retry={retry} />;
  if (!view) return <Loading label="Loading the flow" />;
  return (
    <FlowContext value={view}>
      <WorkProvider key={`${view.flow.slug} ${view.workspace}`}>
        <div className="flow">
          <FlowHeader />
          <div className="flow-bars">
            <NewsBar />
            <AsideBar />
          </div>
          <div className="flow-body">
            <Outlet />
          </div>
        </div>
        <Decision />
        <LeaveGuard />
      </WorkProvider>
    </FlowContext>
  );
}

/** A change that was refused, and that the person decides about. */
function Decision() {
  const { refusal } = useWork();
  if (!refusal) return null;
  return isConflict(refusal.problem) ? <ConflictDialog refusal={refusal} /> : <ProblemsDialog refusal={refusal} />;
}
