// One version in the history: number, slots, who saved it, when, why, and whether it is a draft or was set aside.
import { VersionIcons } from '../components/SlotBadge';
import { TimeAgo } from '../components/Time';
import type { Version } from './FlowContext';

export function VersionRow({ version, mark }: { version: Version; mark: string | null }) {
  const { number, icons, author, at, note, workspace, kind, discarded } = version;
  return (
    <div className="version" data-version={number}>
      <span className="version-number">v{number}</span>
      <span className="version-icons">
        <VersionIcons icons={icons} />
      </span>
      <div className="version-text">
        <div className={note ? 'cut' : 'cut quiet'}>{note || 'No note'}</div>
        <div className="cut quiet version-more">
          {author} · <TimeAgo at={at} />
        </div>
      </div>
      <div className="version-marks">
        <span className="version-line">
          {mark && <span className="version-mark">{mark}</span>}
          {discarded && <span className="version-mark version-mark-discarded">Discarded</span>}
          {kind === 'draft' && !discarded && <span className="version-mark">Draft</span>}
        </span>
        {kind === 'draft' && workspace && <span className="cut quiet version-more">in {workspace}</span>}
      </div>
    </div>
  );
}
