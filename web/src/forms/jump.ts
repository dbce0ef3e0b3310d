// Leads to the field of a JSON pointer, once it is on the page: in sight, marked for a moment, with the focus in it.

const LOOKS = 90;
const MARKED_MS = 1600;
const JUST_MS = 1000;

const listeners = new Set<(pointer: string) => void>();
let last = { pointer: '', at: 0 };

/** Hears where a jump goes, so that a tab can open or a line be shown. */
export function onJump(listener: (pointer: string) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The pointer of a jump that has just begun: what opens because of it may open at the right place. */
export function justJumped(): string | null {
  return Date.now() - last.at < JUST_MS ? last.pointer : null;
}

export function jumpTo(pointer: string): void {
  last = { pointer, at: Date.now() };
  for (const tell of listeners) tell(pointer);
  requestAnimationFrame(() => lookFor(pointer, 0));
}

function lookFor(pointer: string, look: number): void {
  const field = nearest(pointer);
  const exact = field?.dataset.pointer === pointer;
  if (look < LOOKS && !(exact && focusable(field))) {
    // the panel and its lazily loaded fields may still be on their way; after half a second the nearest one will do
    if (!field || look < LOOKS / 3) return void requestAnimationFrame(() => lookFor(pointer, look + 1));
  }
  if (!field) return;
  field.scrollIntoView({ block: 'center' });
  focusable(field)?.focus({ preventScroll: true });
  field.classList.add('field-found');
  window.setTimeout(() => field.classList.remove('field-found'), MARKED_MS);
}

function nearest(pointer: string): HTMLElement | null {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const field = document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(at)}"]`);
    if (field) return field;
  }
  return null;
}

function focusable(field: HTMLElement | null): HTMLElement | null {
  return (
    field?.querySelector<HTMLElement>('.cm-content, .code-plain, input:not(.member-key), textarea, select') ?? null
  );
}
