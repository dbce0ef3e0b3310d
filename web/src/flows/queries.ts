// The flow list as it is read: part by part, filtered and sorted by the server.
import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, must, type S } from '../api/client';
import { paged } from '../api/queries';

export type FlowRow = S['FlowRowAnswer'];
export type FlowFilters = { workspace?: string; text?: string; slot?: string; sort?: string };

export const flowsQuery = ({ workspace, text, slot, sort }: FlowFilters) =>
  infiniteQueryOptions({
    queryKey: ['flow-list', workspace, text, slot, sort],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      must(
        api.GET('/flows', {
          params: { query: { ...paged(pageParam), workspace, text, slot: slotOf(slot), sort } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });

const SLOTS = ['main', 'staging', 'none'] as const;

function slotOf(text: string | undefined) {
  return SLOTS.find((slot) => slot === text);
}
