/** What operators do to timers, by the same events as the command line: one request for each name of a timer. */
import { useMutation } from '@tanstack/react-query';
import { call } from '../../data/api.ts';
import type { TimerDocument } from '../../data/documents.ts';
import { queryClient } from '../../data/queries.ts';

export type Operation = 'snooze' | 'fire' | 'retarget' | 'cancel';

export interface Order {
  readonly operation: Operation;
  readonly timers: readonly TimerDocument[];
  readonly reason: string;
  readonly until?: string;
  readonly escalate?: string;
  readonly remind?: string;
}

export interface NotDone {
  readonly timer: TimerDocument;
  readonly why: string;
}

export interface Report {
  readonly done: number;
  readonly notDone: readonly NotDone[];
}

interface BatchReport {
  readonly items: readonly {
    readonly change: string;
    readonly problem: { readonly detail: string } | null;
  }[];
}

/** What one request may hold (`POST /v1/batches`). */
const AT_ONCE = 500;

async function operate({ operation, timers, reason, ...more }: Order): Promise<Report> {
  const notDone: NotDone[] = [];
  for (const [name, those] of Map.groupBy(timers, (timer) => timer.name)) {
    for (let at = 0; at < those.length; at += AT_ONCE) {
      const part = those.slice(at, at + AT_ONCE);
      const report = await call<BatchReport>('/v1/batches', {
        body: {
          trigger: `timer.${operation}`,
          reason,
          data: { timer: name, ...more },
          items: part.map(({ change }) => ({ change })),
        },
        headers: { 'idempotency-key': crypto.randomUUID() },
      });
      for (const [place, { problem }] of report.items.entries()) {
        const timer = part[place];
        if (problem !== null && timer !== undefined) notDone.push({ timer, why: problem.detail });
      }
    }
  }
  return { done: timers.length - notDone.length, notDone };
}

export function useOperate() {
  return useMutation({
    mutationFn: operate,
    networkMode: 'always',
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['timers'] }),
  });
}
