// The schemas of steps and triggers, read once from the server.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, must } from '../api/client';
import { stepKindsQuery, triggerKindsQuery } from '../api/queries';
import { isObject, type JsonObject } from '../forms/places';

export const flowSchemaQuery = () =>
  queryOptions({
    queryKey: ['schemas', 'flow'],
    queryFn: () => must(api.GET('/schemas/flow')),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The `$defs` of the definition's schema: `step_<kind>`, `trigger_<kind>` and what they refer to. */
export function useDefs(): { defs: JsonObject; error: unknown; isPending: boolean; retry: () => void } {
  const { data, error, isPending, refetch } = useQuery(flowSchemaQuery());
  const defs = isObject(data) && isObject(data.$defs) ? data.$defs : undefined;
  return useMemo(
    () => ({ defs: defs ?? {}, error, isPending, retry: () => void refetch() }),
    [defs, error, isPending, refetch],
  );
}

/** Title and reference text of a kind of step or trigger. */
export function useKind(of: 'step' | 'trigger', name: string): { title: string; about: string } | null {
  const steps = useQuery({ ...stepKindsQuery(), enabled: of === 'step' });
  const triggers = useQuery({ ...triggerKindsQuery(), enabled: of === 'trigger' });
  const found = (of === 'step' ? steps : triggers).data?.items.find((each) => each.name === name);
  return found ? { title: found.title, about: found.about } : null;
}

/** Names of the kinds there are, with their titles. */
export function useTriggerKinds(): { value: string; label: string }[] {
  const { data } = useQuery(triggerKindsQuery());
  return data?.items.map(({ name, title }) => ({ value: name, label: title })) ?? [];
}

/** The schema with only some of its keys. */
export function only(schema: unknown, keys: readonly string[]): JsonObject {
  const { properties, required, allOf: _, oneOf: __, not: ___, ...rest } = isObject(schema) ? schema : {};
  const kept = Object.entries(isObject(properties) ? properties : {}).filter(([key]) => keys.includes(key));
  const needed = (Array.isArray(required) ? required : []).filter((key) => keys.includes(key));
  return { ...rest, properties: Object.fromEntries(kept), required: needed };
}
