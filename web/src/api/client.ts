// The one way to the API: typed by openapi.json, with the session's CSRF token; refusals become ApiProblem.
import createClient, { type Middleware } from 'openapi-fetch';
import { parseExact } from './exact_json';
import { ApiProblem } from './problem';
import type { components, paths } from './schema';

export type S = components['schemas'];

let csrf: string | null = null;

/** Named with every change from now on; the session's answer tells it. */
export function setCsrf(token: string | null) {
  csrf = token;
}

const session: Middleware = {
  onRequest({ request }) {
    if (csrf && !['GET', 'HEAD'].includes(request.method)) request.headers.set('X-CSRF-Token', csrf);
    return request;
  },
  onResponse({ response }) {
    const copy = response.clone();
    Object.defineProperty(response, 'json', { value: async () => parseExact(await copy.text()) });
    return response;
  },
};

export const api = createClient<paths>({ baseUrl: '/api/v1' });
api.use(session);

type Answered<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** The answer's body. Throws ApiProblem for a refusal, and with code `unreachable` when no server answered. */
export async function must<T>(call: Answered<T>): Promise<T> {
  const { data, error, response } = await call.catch(unreachable);
  if (!response.ok) throw new ApiProblem(response.status, isBody(error) ? error : {});
  return data as T;
}

function isBody(error: unknown): error is Record<string, unknown> {
  return typeof error === 'object' && error !== null;
}

function unreachable(cause: unknown): never {
  if (cause instanceof Error && cause.name === 'AbortError') throw cause;
  throw new ApiProblem(0, { code: 'unreachable', title: 'No answer', detail: 'The server could not be reached.' });
}

/** A new key for a request that may be sent twice and must be carried out once. */
export function onceOnly(): { 'Idempotency-Key': string } {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { 'Idempotency-Key': Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') };
}
