// A form made from a JSON Schema: each key with the field that suits it.
import type { Place, Told } from './places';

export { examplesOf, sample } from './sample';

type Props = {
  schema: unknown;
  value: unknown;
  onChange: (next: unknown) => void;
  /** What is wrong, by JSON pointer: into the definition when it is given, else into the value. */
  problems?: Record<string, string> | ((pointer: string) => readonly Told[]);
  disabled?: boolean;
  /** The definition around the value; left out, values are plain and cannot be expressions. */
  expressions?: Place;
  /** Schemas that `$ref`s of the form `#/$defs/…` lead to, where the schema itself has none. */
  defs?: Record<string, unknown>;
  /** Keys that are edited elsewhere. */
  hidden?: readonly string[];
};

export function SchemaForm(_: Props) {
  return null;
}
