// Try it: runs the unsaved draft with an input that is made, kept, or taken from an earlier run.
import type { Definition } from './document';
import type { Trying } from './trying';

export type TryPanelProps = {
  flow: string;
  workspace: string;
  definition: Definition;
  trying: Trying;
  /** Id of the step that is selected on the canvas. */
  selected: string | null;
  onSelect: (id: string) => void;
  /** Id of an earlier run whose input is taken (`?run=`). */
  fromRun?: string;
  onClose: () => void;
};

export function TryPanel(_: TryPanelProps) {
  return null;
}
