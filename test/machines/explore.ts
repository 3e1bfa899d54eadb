/** A plain explorer of machines: every configuration and what it leads to, by sending everything to everything. */
import {
  type CompiledWorkflow,
  next,
  restore,
  type Snapshot,
  start,
  type TriggerEvent,
} from '../../src/machines/compile.ts';
import { agent, person } from './build.ts';

export interface Explored {
  /** Number of configurations, by state value. */
  readonly states: number;
  /** Configurations from which no final state can be reached. */
  readonly trapped: readonly string[];
  /** Names of the top-level states that were seen. */
  readonly seen: ReadonlySet<string>;
}

/**
 * Explores from the start; events come from holders of no role, of each one, and of all. Before every event the facts of the
 * change become each of `contexts`, and an event that changes nothing else lets the machine look at them.
 */
export function explore(workflow: CompiledWorkflow, contexts: readonly object[] = [{}]): Explored {
  const { roles, triggers } = workflow.definition;
  const held = [[], ...roles.map((role) => [role]), roles];
  const senders = held.flatMap((each) => [person('bob', ...each), agent('bot-1', ...each)]);
  const events: (TriggerEvent | { type: string })[] = [
    ...triggers.flatMap((type) => senders.map((principal) => ({ type, principal, reason: 'because' }))),
    ...[...workflow.timers.keys()].map((type) => ({ type })),
    { type: 'change.revise', principal: person('ann'), data: {} },
    { type: 'thread.open', principal: person('ann'), data: { thread: 'a' } },
  ];
  const keyOf = (snapshot: Snapshot) => JSON.stringify(snapshot.value);
  const initial = contexts.map((facts) => start(workflow, { author: 'ann', ...facts }).snapshot);
  const found = new Map(initial.map((each) => [keyOf(each), each]));
  const backward = new Map<string, Set<string>>();
  for (const [key, snapshot] of found)
    for (const [event, facts] of events.flatMap((each) => contexts.map((facts) => [each, facts] as const))) {
      const before = withContext(workflow, snapshot, facts);
      const after = withContext(workflow, next(workflow, before, event).snapshot, {});
      const target = keyOf(after);
      if (!found.has(target)) found.set(target, after);
      backward.set(target, (backward.get(target) ?? new Set()).add(key));
    }
  const escaping = new Set([...found].filter(([, { status }]) => status === 'done').map(([key]) => key));
  for (const key of escaping) for (const before of backward.get(key) ?? []) escaping.add(before);
  return {
    states: found.size,
    trapped: [...found.keys()].filter((key) => !escaping.has(key)),
    seen: new Set(
      [...found.values()].map(({ value }) =>
        typeof value === 'string' ? value : (Object.keys(value)[0] ?? ''),
      ),
    ),
  };
}

/** Configurations differ by their state alone. */
function withContext(workflow: CompiledWorkflow, snapshot: Snapshot, facts: object): Snapshot {
  const context = { author: 'ann', escalated: {}, ...facts };
  return restore(workflow, {
    value: snapshot.value,
    context,
    status: snapshot.status === 'done' ? 'done' : 'active',
  });
}
