/** Sending an event to a change: with the version that was seen, and a key, so that doing it twice does it once. */
import { useMutation } from '@tanstack/react-query';
import { call } from './api.ts';
import type { TransitionDocument } from './documents.ts';
import { keys, queryClient } from './queries.ts';

export interface Act {
  readonly change: string;
  readonly trigger: string;
  /** Left out where it does not matter what else has happened, as for a comment. */
  readonly version?: number;
  readonly reason?: string | undefined;
  readonly data?: unknown;
  readonly for?: string | undefined;
}

function send({ change, trigger, version, reason, data, for: whom }: Act): Promise<TransitionDocument> {
  return call(`/v1/changes/${change}/events`, {
    body: {
      trigger,
      ...(reason && { reason }),
      ...(data !== undefined && { data }),
      ...(whom && { for: whom }),
    },
    headers: {
      'idempotency-key': crypto.randomUUID(),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
    },
  });
}

export function useAct() {
  return useMutation({
    mutationFn: send,
    networkMode: 'always',
    onSettled: (_done, _error, { change }) => {
      void queryClient.invalidateQueries({ queryKey: keys.change(change) });
      void queryClient.invalidateQueries({ queryKey: keys.work });
    },
  });
}
