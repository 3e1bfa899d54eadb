/**
 * What a change depends on: other changes that have to be approved, or applied, before it may be. Which they are comes with
 * its revisions; where they stand is filled in by the runtime before every step, and what is blocked waits at the gate: votes
 * count, but no transition is taken that would approve or apply the change.
 */
import type { Refusal } from '../errors.ts';
import type { ChangeContext } from './context.ts';
import type { Definition } from './definition.ts';
import { asSeen, type Dependency, type DependsOn, isPositive, type Standing } from './dependency.ts';

export * from './dependency.ts';

/** Dependencies that keep the change from this outcome: to be applied, they have to be applied themselves where they can be. */
export function blockersOf({ dependencies = [] }: ChangeContext): Dependency[] {
  return dependencies.filter(
    ({ policy, standing }) => policy === 'block' && standing !== 'together' && !isPositive(standing),
  );
}

/** Whether a transition into this state is held back. `states` are those of the whole change. */
export function isHeldBack(
  { states }: Pick<Definition, 'states'>,
  to: string,
  context: ChangeContext,
): boolean {
  if (context.dependencies === undefined || !isPositive(states[to]?.final)) return false;
  // The runtime tells also those that rest: nothing goes by itself until they are resumed.
  return context.suspended !== undefined || blockersOf(context).length > 0;
}

/** The context as a revision will leave it, as far as dependencies go. */
export function foreseen(context: ChangeContext, data: unknown): ChangeContext {
  const { dependencies } = (data ?? {}) as { readonly dependencies?: readonly DependsOn[] };
  return dependencies ? { ...context, dependencies: dependencies.map(asSeen) } : context;
}

export function blockedRefusal(
  definition: Pick<Definition, 'states'>,
  to: string,
  trigger: string,
  context: ChangeContext,
): Refusal | undefined {
  if (!isHeldBack(definition, to, context)) return undefined;
  const blockers = blockersOf(context);
  const named = blockers.slice(0, 5).map(sentenceOf);
  const more = blockers.length > named.length ? `, and ${blockers.length - named.length} more` : '';
  const message = `"${trigger}" leads to ${to}, and this change depends on others that have to come first: ${named.join('; ')}${more}.`;
  return {
    code: 'DEPENDENCY_OPEN',
    message,
    accepted: blockers.map(({ on, change }) => change ?? on).slice(0, 100),
  };
}

/** "I12 is open (textual: does-not-apply-without)". */
export function sentenceOf({ on, standing, kind, rule }: Dependency): string {
  return `${on} is ${standing} (${kind}: ${rule})`;
}

/** What conditions read of them. */
export function dependencyFacts({ dependencies = [] }: ChangeContext) {
  const among = (...standings: readonly Standing[]) =>
    dependencies.filter(({ standing }) => standings.includes(standing)).length;
  const positive = among('approved', 'applied');
  return {
    total: dependencies.length,
    open: among('open', 'unknown'),
    approved: positive,
    rejected: among('rejected', 'withdrawn'),
    settled: positive === dependencies.length,
    risks: [...new Set(dependencies.flatMap(({ risk }) => risk ?? []))].sort(),
  };
}
