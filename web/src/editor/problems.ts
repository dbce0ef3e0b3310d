// What is wrong with the definition being edited, asked of the server while one types.
import type { S } from '../api/client';
import type { Definition } from './document';

export type Problem = S['ProblemAnswer'];
export type Problems = {
  problems: readonly Problem[];
  checking: boolean;
  /** By id of the step; what is in no step stands under `trigger`. */
  byStep: ReadonlyMap<string, Problem[]>;
  /** Those at the pointer itself or, with `below`, anywhere in it. */
  at: (pointer: string, below?: boolean) => Problem[];
  /** Why it could not be checked. */
  error: unknown;
};

const NONE: Problems = { problems: [], checking: false, byStep: new Map(), at: () => [], error: null };

export function useProblems(_flow: string, _workspace: string, _definition: Definition): Problems {
  return NONE;
}
