// Leads to the field of a JSON pointer, once it is on the page: in sight, marked for a moment, with the focus in it.

const LOOKS = 90;
const MARKED_MS = 1600;

export function jumpTo(pointer: string, look = 0): void {
  const field = nearest(pointer);
  const exact = field?.dataset.pointer === pointer;
  if (look < LOOKS && !(exact && focusable(field))) {
    // the panel and its lazily loaded fields may still be on their way; after half a second the nearest one will do
    if (!field || look < LOOKS / 3) return void requestAnimationFrame(() => jumpTo(pointer, look + 1));
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
