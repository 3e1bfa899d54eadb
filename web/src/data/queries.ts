/** What screens read, by key: the same question asked twice on a page is one request, and live rows make it stale. */
import { QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { call, Problem, withQuery } from './api.ts';
import type {
  ChangeDocument,
  ChangeSummary,
  Definition,
  DefinitionSummary,
  Page,
  TransitionDocument,
} from './documents.ts';

const TRIES = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      networkMode: 'always',
      refetchOnWindowFocus: false,
      retry: (failures, error) => error instanceof Problem && error.retryable && failures < TRIES,
      retryDelay: (failures) => 300 * 2 ** failures,
    },
  },
});

export const keys = {
  changes: ['changes'] as const,
  work: ['work'] as const,
  definitions: ['definitions'] as const,
  change: (id: string) => ['change', id] as const,
  /** All that is told of one change hangs below its key. */
  part: (id: string, part: string, ...rest: readonly (string | number)[]) =>
    ['change', id, part, ...rest] as const,
};

export function useChange(id: string) {
  return useQuery({
    queryKey: keys.change(id),
    queryFn: ({ signal }) => call<ChangeDocument>(`/v1/changes/${id}`, { signal }),
  });
}

export function usePart<T>(id: string, part: string, path = `/v1/changes/${id}/${part}`) {
  return useQuery({
    queryKey: keys.part(id, part),
    queryFn: ({ signal }) => call<T>(path, { signal }),
  });
}

/** Every row of a change, oldest first. */
export function useHistory(id: string) {
  return useQuery({
    queryKey: keys.part(id, 'transitions'),
    queryFn: ({ signal }) => everyPage<TransitionDocument>(`/v1/changes/${id}/transitions`, {}, signal),
  });
}

export async function everyPage<T>(
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
  signal?: AbortSignal,
  most = 20_000,
): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await call(withQuery(path, { ...query, limit: 200, cursor }), { signal });
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && all.length < most);
  return all;
}

export interface DeployedDefinition extends DefinitionSummary {
  readonly definition: Definition;
}

/** A version never changes; the newest does. */
export function useDefinition(name: string, version?: number) {
  return useQuery({
    queryKey: [...keys.definitions, name, version ?? 'newest'],
    queryFn: ({ signal }) =>
      call<DeployedDefinition>(withQuery(`/v1/definitions/${encodeURIComponent(name)}`, { version }), {
        signal,
      }),
    ...(version !== undefined && { staleTime: Number.POSITIVE_INFINITY }),
  });
}

export function useWork() {
  return useInfiniteQuery({
    queryKey: keys.work,
    queryFn: ({ pageParam, signal }) =>
      call<Page<ChangeDocument>>(withQuery('/v1/work', { cursor: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useAllChanges() {
  return useQuery({
    queryKey: keys.changes,
    queryFn: ({ signal }) => everyPage<ChangeSummary>('/v1/changes', {}, signal),
  });
}
