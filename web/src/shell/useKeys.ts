// Keys that work on every page: `/` to search, `g` and a letter to go somewhere, `?` for help.
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { openHelp } from './HelpDialog';

const GO: Record<string, string> = { h: '/', f: '/flows', r: '/runs', w: '/workspaces', a: '/activity' };
const SEQUENCE_MS = 1200;

/** Whether keys typed there are text. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function useKeys() {
  const navigate = useNavigate();
  useEffect(() => {
    let went = 0;
    const pressed = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (Date.now() - went < SEQUENCE_MS && GO[event.key]) {
        went = 0;
        event.preventDefault();
        void navigate({ to: GO[event.key] });
      } else if (event.key === 'g') {
        went = Date.now();
      } else if (event.key === '?') {
        openHelp();
      } else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('[data-search]');
        if (search) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [navigate]);
}
