// Where a run or a step stands: sign, word, shape and colour.
import type { IconName } from './icons';
import { Icon } from './icons';

const LOOKS: Record<string, { icon: IconName; word: string; tone: string }> = {
  queued: { icon: 'schedule', word: 'Queued', tone: 'quiet' },
  running: { icon: 'rerun', word: 'Running', tone: 'busy' },
  suspended: { icon: 'wait', word: 'Waiting', tone: 'busy' },
  waiting: { icon: 'wait', word: 'Waiting', tone: 'busy' },
  success: { icon: 'check', word: 'Success', tone: 'good' },
  failed: { icon: 'x', word: 'Failed', tone: 'bad' },
  exception: { icon: 'alert', word: 'Exception', tone: 'bad' },
  canceled: { icon: 'stop', word: 'Canceled', tone: 'quiet' },
  skipped: { icon: 'right', word: 'Skipped', tone: 'quiet' },
};

export function statusWord(status: string): string {
  return LOOKS[status]?.word ?? status;
}

export function StatusBadge({ status }: { status: string }) {
  const look = LOOKS[status] ?? { icon: 'info' as const, word: status, tone: 'quiet' };
  return (
    <span className={`status status-${look.tone}`} data-status={status}>
      <Icon name={look.icon} size={13} strokeWidth={2.6} />
      {look.word}
    </span>
  );
}
