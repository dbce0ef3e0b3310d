// The registrations of a flow as they are read, and what is done to one.
import { infiniteQueryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, must, type S } from '../api/client';
import { everyPage, paged, versionQuery } from '../api/queries';
import { useFlow } from '../flow/FlowContext';

export type Registration = S['RegistrationRowAnswer'];
export type RegistrationFilters = { text?: string; slot?: string; active?: string; complete?: string; sort?: string };

const PART = 200;

export const registrationsQuery = (flow: string, { text, slot, active, complete, sort }: RegistrationFilters) =>
  infiniteQueryOptions({
    queryKey: ['registration-list', flow, text, slot, active, complete, sort],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...paged(pageParam, PART),
        text,
        slot: slot === 'main' || slot === 'staging' ? (slot as 'main' | 'staging') : undefined,
        active: yesOrNo(active),
        complete: yesOrNo(complete),
        sort,
      };
      return must(api.GET('/flows/{flow}/registrations', { params: { path: { flow }, query }, signal }));
    },
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });

export function isFiltered({ text, slot, active, complete }: RegistrationFilters): boolean {
  return Boolean(text || slot || active || complete);
}

function yesOrNo(text: string | undefined): boolean | undefined {
  return text === 'yes' ? true : text === 'no' ? false : undefined;
}

/** The slugs of all workspaces that have the flow. */
export const registeredQuery = (flow: string) => ({
  queryKey: ['registration-list', flow, 'slugs'],
  queryFn: async () => {
    const path = { flow };
    const rows = await everyPage((cursor) =>
      must(api.GET('/flows/{flow}/registrations', { params: { path, query: paged(cursor, PART) } })),
    );
    return new Set(rows.map((row) => row.workspace));
  },
});

export type Definition = {
  trigger?: { kind?: string; input?: unknown };
  config?: unknown;
  connections?: Record<string, { connector?: string }>;
};

/** The definition that says what a registration is to be given: of the version it runs, else of the newest. */
export function useNeeds(registration: Registration): {
  version: number | null;
  definition: Definition | undefined;
  error: unknown;
} {
  const { flow } = useFlow();
  const version = registration.resolved_version ?? flow.staging?.number ?? flow.latest?.number ?? null;
  const found = useQuery({ ...versionQuery(flow.slug, version ?? 0), enabled: version !== null });
  return { version, definition: found.data?.definition as Definition | undefined, error: found.error };
}

/** Puts what is shown of a registration out of date. */
export function useStale(): () => void {
  const client = useQueryClient();
  const { flow } = useFlow();
  return () => {
    void client.invalidateQueries({ queryKey: ['flow', flow.slug] });
    void client.invalidateQueries({ queryKey: ['registration-list', flow.slug] });
  };
}

export function useChange(ws: string) {
  const { flow } = useFlow();
  const stale = useStale();
  return useMutation({
    mutationFn: (body: S['RegistrationChange']) =>
      must(api.PATCH('/flows/{flow}/registrations/{ws}', { params: { path: { flow: flow.slug, ws } }, body })),
    onSettled: stale,
  });
}

export function usePutOnSlot(ws: string) {
  const { flow } = useFlow();
  const stale = useStale();
  return useMutation({
    mutationFn: (slot: 'main' | 'staging') =>
      must(
        api.PUT('/flows/{flow}/registrations/{ws}/slot', {
          params: { path: { flow: flow.slug, ws } },
          body: { slot, expected_revision: flow.revision },
        }),
      ),
    onSettled: stale,
  });
}
