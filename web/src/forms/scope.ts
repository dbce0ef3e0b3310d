// What every field of a form may need to know of the form it stands in.
import { createContext, useContext } from 'react';
import type { JsonObject, Place, Told } from './places';

export type Scope = {
  /** Of the form's own value; fields add their keys. */
  place: Place | null;
  /** Those at the pointer or, with `below`, anywhere in it. */
  problems: (pointer: string, below?: boolean) => readonly Told[];
  disabled: boolean;
  defs: JsonObject;
  /** Adds a name to the definition's connections. */
  addConnection?: (name: string) => void;
};

const nothing: Scope = { place: null, problems: () => [], disabled: false, defs: {} };

export const ScopeContext = createContext<Scope>(nothing);

export const useScope = () => useContext(ScopeContext);
