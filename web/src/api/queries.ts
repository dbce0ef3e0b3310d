// What the pages read: one query for each thing, under keys that live.ts puts out of date.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, must } from './client';

const PAGE = 100;

export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: () => must(api.GET('/session')),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const flowQuery = (flow: string) =>
  queryOptions({
    queryKey: ['flow', flow],
    queryFn: () => must(api.GET('/flows/{flow}', { params: { path: { flow } } })),
  });

export const versionsQuery = (flow: string) =>
  infiniteQueryOptions({
    queryKey: ['flow', flow, 'versions'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      must(api.GET('/flows/{flow}/versions', { params: { path: { flow }, query: paged(pageParam) } })),
    getNextPageParam: (last) => last.next,
  });

export const versionQuery = (flow: string, number: number) =>
  queryOptions({
    queryKey: ['version', flow, number], // not below ['flow', …]: a saved version's definition never changes (R16)
    queryFn: () =>
      must(api.GET('/flows/{flow}/versions/{number}', { params: { path: { flow, number: String(number) } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const registrationQuery = (flow: string, ws: string) =>
  queryOptions({
    queryKey: ['flow', flow, 'registration', ws],
    queryFn: () => must(api.GET('/flows/{flow}/registrations/{ws}', { params: { path: { flow, ws } } })),
  });

export const workspacesQuery = () =>
  queryOptions({
    queryKey: ['workspaces', 'all'],
    queryFn: async () => everyPage((cursor) => must(api.GET('/workspaces', { params: { query: paged(cursor, 200) } }))),
  });

export const workspaceQuery = (ws: string) =>
  queryOptions({
    queryKey: ['workspaces', ws],
    queryFn: () => must(api.GET('/workspaces/{ws}', { params: { path: { ws } } })),
  });

export const planQuery = (flow: string, workspace: string) =>
  queryOptions({
    queryKey: ['flow', flow, 'plan', workspace],
    queryFn: () => must(api.GET('/flows/{flow}/promotion-plan', { params: { path: { flow }, query: { workspace } } })),
  });

export const stepKindsQuery = () =>
  queryOptions({ queryKey: ['steps'], queryFn: () => must(api.GET('/steps')), staleTime: Number.POSITIVE_INFINITY });

export const triggerKindsQuery = () =>
  queryOptions({
    queryKey: ['triggers'],
    queryFn: () => must(api.GET('/triggers')),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const functionsQuery = () =>
  queryOptions({
    queryKey: ['functions'],
    queryFn: () => must(api.GET('/functions')),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const runQuery = (run: string) =>
  queryOptions({ queryKey: ['run', run], queryFn: () => must(api.GET('/runs/{run}', { params: { path: { run } } })) });

export const connectionsQuery = (ws: string) =>
  queryOptions({
    queryKey: ['connections', ws],
    queryFn: () =>
      everyPage((cursor) =>
        must(api.GET('/workspaces/{ws}/connections', { params: { path: { ws }, query: paged(cursor, 200) } })),
      ),
  });

/** The query of a page of a list. */
export function paged(cursor: string | null, limit = PAGE): { limit: number; cursor?: string } {
  return cursor ? { limit, cursor } : { limit };
}

/** All items of a list that is short enough to be read whole. */
export async function everyPage<T>(page: (cursor: string | null) => Promise<{ items: T[]; next?: string | null }>) {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const found: { items: T[]; next?: string | null } = await page(cursor);
    items.push(...found.items);
    cursor = found.next ?? null;
  } while (cursor);
  return items;
}

export const connectorsQuery = () =>
  queryOptions({ queryKey: ['connectors'], queryFn: () => must(api.GET('/connectors')) });

type AuditFilters = { flow?: string; workspace?: string; action?: string; actor?: string; from?: string; to?: string };

export const auditQuery = (filters: AuditFilters) =>
  infiniteQueryOptions({
    queryKey: ['activity', filters],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      must(api.GET('/audit', { params: { query: { ...paged(pageParam), ...filters } }, signal })),
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });

export const usersQuery = () =>
  queryOptions({
    queryKey: ['users'],
    queryFn: () => everyPage((cursor) => must(api.GET('/users', { params: { query: paged(cursor, 200) } }))),
  });

export const tokensQuery = () =>
  queryOptions({
    queryKey: ['tokens'],
    queryFn: () => everyPage((cursor) => must(api.GET('/tokens', { params: { query: paged(cursor, 200) } }))),
  });

export const retentionQuery = () =>
  queryOptions({ queryKey: ['retention'], queryFn: () => must(api.GET('/retention')) });

export const quarantineQuery = () =>
  queryOptions({ queryKey: ['quarantine'], queryFn: () => must(api.GET('/quarantine')) });
