// The comparison of two versions; neither ever changes (R16), and so neither does it.
import { queryOptions } from '@tanstack/react-query';
import { api, must } from '../api/client';

export const diffQuery = (flow: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['diff', flow, from, to],
    queryFn: () => must(api.GET('/flows/{flow}/diff', { params: { path: { flow }, query: { from, to } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
