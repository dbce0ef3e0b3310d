// A test run of the unsaved draft, followed while it runs: what the canvas, the step panel and the Try panel show of it.
import type { S } from '../api/client';
import type { Definition } from './document';

export type Run = S['RunAnswer'];
export type StepRun = S['StepAnswer'];
export type StepState = { status: string; ms?: number; text?: string };

export type Trying = {
  run: Run | null;
  busy: boolean;
  error: unknown;
  /** By id of the step, of the iterations chosen. */
  states: Map<string, StepState>;
  start: (definition: Definition, input: unknown) => Promise<void>;
  stop: () => Promise<void>;
  clear: () => void;
  /** Which item of each loop is looked at. */
  iterations: Record<string, number>;
  look: (loop: string, item: number) => void;
  /** The record of a step in the iterations chosen. */
  stepRun: (id: string) => StepRun | null;
};

export function useTry(_flow: string, _workspace: string): Trying {
  const nothing = async () => undefined;
  return {
    run: null,
    busy: false,
    error: null,
    states: new Map(),
    start: nothing,
    stop: nothing,
    clear: () => undefined,
    iterations: {},
    look: () => undefined,
    stepRun: () => null,
  };
}
