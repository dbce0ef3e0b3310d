// What the header of a flow reads and changes; each change names the revision the person saw (R18).
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, must, onceOnly, type S } from '../api/client';
import { paged } from '../api/queries';

export const newestQuery = (flow: string) =>
  queryOptions({
    queryKey: ['flow', flow, 'newest'],
    queryFn: () => must(api.GET('/flows/{flow}/versions', { params: { path: { flow }, query: paged(null) } })),
  });

/** Not below ['flow', …]: a page of it never changes but for its icons, and a deep list is not read again for each change. */
export const historyQuery = (flow: string) =>
  infiniteQueryOptions({
    queryKey: ['history', flow],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      must(api.GET('/flows/{flow}/versions', { params: { path: { flow }, query: paged(pageParam) } })),
    getNextPageParam: (last) => last.next,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** The first workspace that has the flow: where it is looked at when no other is named. */
export const firstWorkspaceQuery = (flow: string) =>
  queryOptions({
    queryKey: ['flow', flow, 'registrations', 'first'],
    queryFn: async () => {
      const found = api.GET('/flows/{flow}/registrations', { params: { path: { flow }, query: { limit: 1 } } });
      return (await must(found)).items[0]?.workspace ?? '';
    },
  });

export const foundRegistrationsQuery = (flow: string, text: string) =>
  infiniteQueryOptions({
    queryKey: ['flow', flow, 'registrations', 'found', text],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      must(
        api.GET('/flows/{flow}/registrations', {
          params: { path: { flow }, query: { ...paged(pageParam), ...(text.trim() ? { text: text.trim() } : {}) } },
        }),
      ),
    getNextPageParam: (last) => last.next,
  });

const at = (flow: string) => ({ params: { path: { flow }, header: onceOnly() } });

export const saveDraft = (flow: string, body: S['NewDraft']) =>
  must(api.POST('/flows/{flow}/drafts', { ...at(flow), body }));

export const stage = (flow: string, body: S['NewStaging']) =>
  must(api.POST('/flows/{flow}/staging', { ...at(flow), body }));

export const revert = (flow: string, body: S['NewRevert']) =>
  must(api.POST('/flows/{flow}/reverts', { ...at(flow), body }));

export const promote = (flow: string, body: S['NewPromotion']) =>
  must(api.POST('/flows/{flow}/promotions', { ...at(flow), body }));

export const undo = (flow: string, promotion: string, expected_revision: number) =>
  must(
    api.POST('/flows/{flow}/promotions/{promotion}/undo', {
      params: { path: { flow, promotion }, header: onceOnly() },
      body: { expected_revision },
    }),
  );

export const makeActive = (flow: string, ws: string, body: S['NewSlot']) =>
  must(api.PUT('/flows/{flow}/registrations/{ws}/slot', { params: { path: { flow, ws } }, body }));

export const changeFlow = (flow: string, body: S['FlowChange']) =>
  must(api.PATCH('/flows/{flow}', { params: { path: { flow } }, body }));

export const deleteFlow = (flow: string) => must(api.DELETE('/flows/{flow}', { params: { path: { flow } } }));
