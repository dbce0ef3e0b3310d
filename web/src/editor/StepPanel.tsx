// One step's settings, what it did in the last try, and what its kind is about.
import type { Definition, Step } from './document';
import type { Problems } from './problems';
import type { Trying } from './trying';

export type StepPanelProps = {
  flow: string;
  workspace: string;
  definition: Definition;
  step: Step;
  /** JSON pointer of the step in the definition. */
  pointer: string;
  problems: Problems;
  trying?: Trying;
  readOnly?: boolean;
  onChange: (next: Step) => void;
  /** Gives the step another id, also in the expressions that name it; says why not, or nothing. */
  onRename: (id: string) => string | null;
  onClose: () => void;
  /** Adds a connection to the definition's `connections`. */
  onDefinition: (next: Definition) => void;
};

export function StepPanel(_: StepPanelProps) {
  return null;
}
