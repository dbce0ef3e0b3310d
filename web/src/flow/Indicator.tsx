// The upper right corner (R8): what is on display, and beside it what this workspace runs when that is another version.
import { SlotBadge } from '../components/SlotBadge';
import { displayed, useFlow } from './FlowContext';
import { useWork } from './Work';

export function Indicator() {
  const view = useFlow();
  const { editor } = useWork();
  const { registration, shown, asked } = view;
  const what = displayed(view);
  const unsaved = editor.dirty && !asked;
  const runs = registration?.resolved_version ?? null;
  const same = !unsaved && runs === shown && what === registration?.slot;
  return (
    <div className="indicator" role="status" aria-label="What is on display" data-displayed={unsaved ? 'draft' : what}>
      {!same && registration && (
        <span className="indicator-runs">
          <span className="quiet">runs here</span>
          {runs === null ? (
            <SlotBadge slot={registration.slot} />
          ) : (
            <SlotBadge slot={registration.slot} version={runs} fallback={registration.fallback} />
          )}
          {runs === null && <span className="quiet">nothing yet</span>}
        </span>
      )}
      {what === 'old' && !unsaved ? (
        <span className="slot slot-none slot-lg indicator-old">
          {asked ? `Old version · read only` : 'Earlier version'}
          <span className="slot-version">v{shown}</span>
        </span>
      ) : (
        <SlotBadge slot={unsaved || what === 'old' ? 'draft' : what} version={unsaved ? null : shown} size="lg" />
      )}
    </div>
  );
}
