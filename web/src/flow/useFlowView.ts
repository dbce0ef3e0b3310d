// Reads what a flow page shows: the flow, its registration in the workspace looked at, the newest versions.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { api, must } from '../api/client';
import { hasCode } from '../api/problem';
import { flowQuery, registrationQuery, versionsQuery } from '../api/queries';
import { type FlowView, shownVersion } from './FlowContext';

type Found = { view: FlowView | null; error: unknown; retry: () => void };

/** The first workspace that has the flow: where it is looked at when no other is named. */
const firstQuery = (flow: string) => ({
  queryKey: ['flow', flow, 'registrations', 'first'],
  queryFn: async () => {
    const page = await must(
      api.GET('/flows/{flow}/registrations', { params: { path: { flow }, query: { limit: 1 } } }),
    );
    return page.items[0]?.workspace ?? '';
  },
});

export function useFlowView(): Found {
  const { flow: slug } = useParams({ from: '/shell/flows/$flow' });
  const search = useSearch({ strict: false });
  const flow = useQuery(flowQuery(slug));
  const named = search.workspace ?? flow.data?.home_workspace;
  const first = useQuery({ ...firstQuery(slug), enabled: flow.isSuccess && !named });
  const workspace = named ?? first.data;
  const registration = useQuery({ ...registrationQuery(slug, workspace ?? ''), enabled: !!workspace });
  const versions = useInfiniteQuery(versionsQuery(slug));
  const absent = hasCode(registration.error, 'not_found') || workspace === '';
  const error = flow.error ?? first.error ?? versions.error ?? (absent ? null : registration.error);
  const retry = () => void Promise.all([flow.refetch(), versions.refetch(), registration.refetch()]);
  if (error || !flow.data || !versions.data || workspace === undefined || !(registration.data || absent))
    return { view: null, error, retry };
  const here = absent ? null : (registration.data ?? null);
  const newest = versions.data.pages[0]?.items ?? [];
  const shown = search.v ?? shownVersion(flow.data, here, newest, workspace);
  return {
    view: { flow: flow.data, workspace, registration: here, shown, asked: search.v !== undefined },
    error: null,
    retry,
  };
}
