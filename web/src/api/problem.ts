// A refusal of the API (RFC 9457) as an error that can be shown to a person.
import type { components } from './schema';

type Body = components['schemas']['Problem'];
export type FieldProblem = NonNullable<Body['problems']>[number];
export type Change = { action: string; actor: string; at: string; version: number | null };

export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly problems: FieldProblem[];
  /** Everything else the refusal told, such as `current_revision` and `changes` of a conflict (R18). */
  readonly more: Record<string, unknown>;

  constructor(status: number, body: Partial<Body> & Record<string, unknown>) {
    super(typeof body.detail === 'string' ? body.detail : String(body.title ?? `The server answered ${status}.`));
    this.name = 'ApiProblem';
    this.status = status;
    this.code = String(body.code ?? 'unknown');
    this.title = String(body.title ?? 'Refused');
    this.problems = (body.problems ?? []) as FieldProblem[];
    this.more = body;
  }

  get changes(): Change[] {
    return (this.more.changes ?? []) as Change[];
  }
}

/** What to do next, for codes where the server's own sentence does not say it. */
const NEXT: Record<string, string> = {
  unauthenticated: 'Your session has ended. Sign in again; what you typed is kept.',
  forbidden: 'Ask an administrator for the role this needs.',
  csrf_failed: 'Reload the page, then try again.',
  revision_conflict: 'Look at what changed, then decide again. What you typed is kept.',
  not_found: 'It may have been deleted, or it lies in a workspace you cannot see.',
  too_many: 'Wait a moment, then try again.',
  too_large: 'Make it smaller: the limit is 1 MB.',
  unreachable: 'The page goes on by itself once the server answers.',
};

export function whatNext(error: unknown): string | undefined {
  return error instanceof ApiProblem ? NEXT[error.code] : undefined;
}

export function hasCode(error: unknown, code: string): error is ApiProblem {
  return error instanceof ApiProblem && error.code === code;
}
