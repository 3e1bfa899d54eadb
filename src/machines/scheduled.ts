/**
 * Escalations that operators arranged: a timer of the definition that is to ask somebody else, or one that no definition
 * knows. What is to happen when it is over stands in the context, so that the step stays pure.
 */
import type { ChangeContext } from './context.ts';

/** The event of a timer that operators arranged. It comes from the runtime only. */
export const DUE = 'timer.due';

/** The context when the timer `name` is over. */
export function scheduledOver(context: ChangeContext, name: string): ChangeContext {
  const plan = context.scheduled?.[name];
  if (!plan) return context;
  const { [name]: _over, ...left } = context.scheduled ?? {};
  const { path, escalate } = plan;
  const roles = new Set([...(context.escalated[path] ?? []), ...(escalate === undefined ? [] : [escalate])]);
  return {
    ...context,
    scheduled: left,
    elapsed: [...new Set([...(context.elapsed ?? []), name])],
    ...(escalate !== undefined && { escalated: { ...context.escalated, [path]: [...roles] } }),
  };
}
