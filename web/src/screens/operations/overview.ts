/** What the server says of itself, asked again every few seconds while somebody looks at it. */
import { useQuery } from '@tanstack/react-query';
import type { OverviewDocument } from '../../../../src/gateway/http/overview.ts';
import { call } from '../../data/api.ts';

const EVERY_MS = 5_000;

export const OVERVIEW = ['overview'] as const;

export const askOverview = (signal?: AbortSignal) => call<OverviewDocument>('/v1/overview', { signal });

export function useOverview() {
  return useQuery({
    queryKey: OVERVIEW,
    queryFn: ({ signal }) => askOverview(signal),
    refetchInterval: EVERY_MS,
    staleTime: 0,
  });
}
