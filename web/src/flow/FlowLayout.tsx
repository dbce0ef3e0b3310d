// The frame of a flow's pages: its header with what runs where, its tabs, and the page below.
import { Outlet } from '@tanstack/react-router';
import { useTitle } from '../components/Page';
import { ErrorBox, Loading } from '../components/States';
import './flow.css';
import { FlowContext } from './FlowContext';
import { FlowHeader } from './FlowHeader';
import { useFlowView } from './useFlowView';

export function FlowLayout() {
  const { view, error, retry } = useFlowView();
  useTitle(view?.flow.name ?? 'Flow');
  if (error) return <ErrorBox error={error} retry={retry} />;
  if (!view) return <Loading label="Loading the flow" />;
  return (
    <FlowContext value={view}>
      <div className="flow">
        <FlowHeader />
        <div className="flow-body">
          <Outlet />
        </div>
      </div>
    </FlowContext>
  );
}
