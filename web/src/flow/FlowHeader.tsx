// The flow's header: what it is, where one looks at it, what is on display, and what can be done with it.
import { Link } from '@tanstack/react-router';
import { SlotBadge } from '../components/SlotBadge';
import { useFlow } from './FlowContext';
import { FlowTabs } from './FlowTabs';

export function FlowHeader() {
  const { flow, registration, shown } = useFlow();
  return (
    <header className="flow-head">
      <div className="flow-bar">
        <div className="flow-name">
          <Link to="/flows">Flows</Link>
          <span aria-hidden="true">/</span>
          <h1>{flow.name}</h1>
        </div>
        <div className="flow-side">
          {registration && <SlotBadge slot={registration.slot} version={shown} size="lg" />}
        </div>
      </div>
      <div className="flow-bar flow-bar-low">
        <FlowTabs />
      </div>
    </header>
  );
}
