// Everything that is wrong with the definition; a press leads to the step and the field.
import type { Definition } from './document';
import type { Problems } from './problems';

export type ProblemListProps = {
  definition: Definition;
  problems: Problems;
  /** Selects a step, or `trigger` for what stands in no step; the list then leads to the field by itself. */
  onSelect: (id: string) => void;
};

export function ProblemList(_: ProblemListProps) {
  return null;
}
