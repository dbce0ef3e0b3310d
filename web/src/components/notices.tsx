// Short notices at the edge of the page: what was done, what went wrong; read out to those who do not see them.
import { Button, CloseButton } from '@mantine/core';
import { type ReactNode, useSyncExternalStore } from 'react';
import { whatNext } from '../api/problem';
import { Icon } from './icons';

type Notice = { id: number; tone: 'good' | 'bad'; text: ReactNode; action?: { label: string; do: () => void } };

const SHOWN_MS = 8000;
let notices: readonly Notice[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(to: readonly Notice[]) {
  notices = to;
  for (const tell of listeners) tell();
}

function add(notice: Omit<Notice, 'id'>) {
  const id = next++;
  set([...notices.slice(-3), { ...notice, id }]);
  if (notice.tone === 'good') window.setTimeout(() => remove(id), SHOWN_MS);
}

function remove(id: number) {
  set(notices.filter((notice) => notice.id !== id));
}

/** Says that something was done; gone after a while. */
export function said(text: ReactNode, action?: Notice['action']) {
  add({ tone: 'good', text, action });
}

/** Says that something was refused and what to do; stays until it is closed. */
export function refused(error: unknown) {
  const message = error instanceof Error ? error.message : 'Something went wrong.';
  const more = whatNext(error);
  add({ tone: 'bad', text: more ? `${message} ${more}` : message });
}

export function Notices() {
  const shown = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
    () => notices,
  );
  return (
    <section className="notices" aria-label="Notices" aria-live="polite">
      {shown.map((notice) => (
        <div key={notice.id} className={`notice notice-${notice.tone}`}>
          <Icon name={notice.tone === 'good' ? 'check' : 'alert'} size={18} />
          <div>{notice.text}</div>
          {notice.action && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                notice.action?.do();
                remove(notice.id);
              }}
            >
              {notice.action.label}
            </Button>
          )}
          <CloseButton size="sm" aria-label="Close notice" onClick={() => remove(notice.id)} />
        </div>
      ))}
    </section>
  );
}
