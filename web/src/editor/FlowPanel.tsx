// What belongs to the whole flow: its trigger, the schema of its configuration, the connections that it needs.
import type { Definition } from './document';
import type { Problems } from './problems';

export type FlowPanelProps = {
  flow: string;
  workspace: string;
  definition: Definition;
  problems: Problems;
  readOnly?: boolean;
  onChange: (next: Definition) => void;
  onClose?: () => void;
};

export function FlowPanel(_: FlowPanelProps) {
  return null;
}
