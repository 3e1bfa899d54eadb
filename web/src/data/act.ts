/** Sending an event to a change: with the version that was seen, and a key, so that doing it twice does it once. */
import { useMutation } from '@tanstack/react-query';
import type { Json } from '../../../src/client/index.ts';
import { send } from './live.ts';
import { keys, queryClient } from './queries.ts';

export interface Act {
  readonly change: string;
  readonly trigger: string;
  /** Left out where it does not matter what else has happened, as for a comment. */
  readonly version?: number;
  readonly reason?: string | undefined;
  readonly data?: Json;
  readonly for?: string | undefined;
}

async function act({ change, trigger, version, reason, data, for: whom }: Act) {
  const { transition } = await send({
    change,
    trigger,
    ...(reason && { reason }),
    ...(data !== undefined && { data }),
    ...(whom && { for: whom }),
    ...(version !== undefined && { expected_version: version }),
  });
  return transition;
}

export function useAct() {
  return useMutation({
    mutationFn: act,
    networkMode: 'always',
    onSettled: (_done, _error, { change }) => {
      void queryClient.invalidateQueries({ queryKey: keys.change(change) });
      void queryClient.invalidateQueries({ queryKey: keys.work });
    },
  });
}
