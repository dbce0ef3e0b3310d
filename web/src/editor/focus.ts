// Where the focus goes when a dialog is closed or a step was added: to the step's card, as soon as it is on the canvas.
import { TRIGGER } from './tree';

const LOOKS = 20;

export function focusStep(id: string | null): void {
  const look = (times: number) => {
    const card = document.querySelector<HTMLElement>(`.canvas [data-id="${CSS.escape(id ?? TRIGGER)}"]`);
    if (card) card.focus({ preventScroll: true });
    else if (times < LOOKS) requestAnimationFrame(() => look(times + 1));
  };
  requestAnimationFrame(() => look(0));
}
