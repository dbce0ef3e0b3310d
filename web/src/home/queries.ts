// What Home tells, as it is read.
import { queryOptions } from '@tanstack/react-query';
import { api, must } from '../api/client';

export const statisticsQuery = (workspace: string | undefined, hours: number) =>
  queryOptions({
    queryKey: ['home', workspace, hours],
    queryFn: ({ signal }) => must(api.GET('/statistics', { params: { query: { workspace, hours } }, signal })),
    placeholderData: (before) => before,
  });

export type Statistics = Awaited<ReturnType<NonNullable<ReturnType<typeof statisticsQuery>['queryFn']>>>;

/** Whether there is anything yet: a server begins without workspaces and flows. */
export const beginningQuery = () =>
  queryOptions({
    queryKey: ['home', 'beginning'],
    queryFn: async () => {
      const [workspaces, flows] = await Promise.all([
        must(api.GET('/workspaces', { params: { query: { limit: 1 } } })),
        must(api.GET('/flows', { params: { query: { limit: 1 } } })),
      ]);
      return { workspaces: workspaces.items.length > 0, flows: flows.items.length > 0 };
    },
  });
