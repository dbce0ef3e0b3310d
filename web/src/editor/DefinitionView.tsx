// The definition as YAML: the same document as on the canvas.
import type { Definition } from './document';
import type { Problems } from './problems';

export type DefinitionViewProps = {
  definition: Definition;
  problems: Problems;
  readOnly?: boolean;
  onChange: (next: Definition) => void;
};

export function DefinitionView(_: DefinitionViewProps) {
  return null;
}
