// The promotions of a flow, newest first.
import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, must } from '../api/client';
import { paged } from '../api/queries';

export const promotionsQuery = (flow: string) =>
  infiniteQueryOptions({
    queryKey: ['flow', flow, 'promotions'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      must(api.GET('/flows/{flow}/promotions', { params: { path: { flow }, query: paged(pageParam) } })),
    getNextPageParam: (last) => last.next,
  });
