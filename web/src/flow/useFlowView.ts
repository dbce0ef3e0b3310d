// Reads what a flow page shows: the flow, its registration in the workspace looked at, the newest versions.
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { hasCode } from '../api/problem';
import { flowQuery, registrationQuery, versionQuery } from '../api/queries';
import { type FlowView, shownVersion } from './FlowContext';
import { firstWorkspaceQuery, newestQuery } from './queries';

type Found = { view: FlowView | null; error: unknown; retry: () => void };

export function useFlowView(): Found {
  const { flow: slug } = useParams({ from: '/shell/flows/$flow' });
  const search = useSearch({ strict: false });
  const flow = useQuery(flowQuery(slug));
  const named = search.workspace ?? flow.data?.home_workspace ?? undefined;
  const first = useQuery({ ...firstWorkspaceQuery(slug), enabled: flow.isSuccess && !named });
  const workspace = named ?? first.data;
  const registration = useQuery({ ...registrationQuery(slug, workspace ?? ''), enabled: !!workspace });
  const versions = useQuery(newestQuery(slug));
  const absent = hasCode(registration.error, 'not_found') || workspace === '';
  const error = flow.error ?? first.error ?? versions.error ?? (absent ? null : registration.error);
  const ready = !!flow.data && !!versions.data && workspace !== undefined && (absent || !!registration.data);

  const here = absent ? null : (registration.data ?? null);
  const newest = versions.data?.items ?? [];
  const works = ready ? shownVersion(flow.data, here, newest, workspace) : null;
  const { held, show } = useHeld(`${slug} ${workspace}`, ready, works);
  const shown = search.v ?? held;
  const known = newest.find((each) => each.number === shown);
  const older = useQuery({ ...versionQuery(slug, shown ?? 0), enabled: ready && shown !== null && !known });
  const retry = () => void Promise.all([flow.refetch(), versions.refetch(), registration.refetch()]);
  if (error || !ready) return { view: null, error, retry };
  const view: FlowView = {
    flow: flow.data,
    workspace,
    registration: here,
    shown,
    works: held,
    version: known ?? older.data ?? null,
    asked: search.v !== undefined,
    show,
    newest,
  };
  return { view, error: null, retry };
}

/** The version one works on stays on display when others save: it changes by what the person does (R18). */
function useHeld(of: string, ready: boolean, works: number | null) {
  const [hold, setHold] = useState<{ of: string; number: number | null } | null>(null);
  const valid = hold?.of === of;
  useEffect(() => {
    if (ready && !valid) setHold({ of, number: works });
  }, [ready, valid, of, works]);
  const show = useCallback((number: number | null) => setHold(number === null ? null : { of, number }), [of]);
  return { held: valid ? hold.number : works, show };
}
