/**
 * What the past says of a change: how long it will take, and whom to ask. Undefined where the tenant has no such change.
 * `hidden` are the projects that whoever asks may not read, of which nothing is said; where nobody in particular asks, all
 * that are restricted but the change's own.
 */
import type { CompiledWorkflow } from '../../machines/compile.ts';
import type { ChangeRef, StoredChange } from '../../persistence/records.ts';
import type { Directory } from '../directory/state.ts';
import { type Estimate, Estimates } from '../estimates/estimates.ts';
import type { Clock, Store } from '../ports.ts';
import { Suggestions, type SuggestionsFor } from '../suggestions.ts';
import { staffFor } from './staff.ts';

export interface Advice {
  /** When the change will go on and when it will be over. */
  estimate(ref: ChangeRef, hidden?: ReadonlySet<string>): Promise<Estimate | undefined>;
  /** Whom to ask for each thing the change still needs, at most `limit` each. */
  reviewers(
    ref: ChangeRef,
    limit: number,
    hidden?: ReadonlySet<string>,
  ): Promise<readonly SuggestionsFor[] | undefined>;
}

export interface AdviceWorld {
  readonly store: Pick<Store, 'histories' | 'history' | 'activity'>;
  readonly clock: Clock;
  readonly stored: (ref: ChangeRef) => Promise<StoredChange | undefined>;
  readonly workflow: (stored: StoredChange) => Promise<CompiledWorkflow>;
  readonly directory: (tenant: string) => Promise<Directory>;
}

export function adviceFrom({ store, clock, stored, workflow, directory }: AdviceWorld): Advice {
  const estimates = new Estimates(store, clock);
  const suggestions = new Suggestions(store, clock);
  return {
    estimate: async (ref, hidden) => {
      const change = await stored(ref);
      if (!change) return undefined;
      const unseen = hidden ?? othersThan(change, await directory(ref.tenant));
      return estimates.of(await workflow(change), change, unseen);
    },
    reviewers: async (ref, limit, hidden) => {
      const change = await stored(ref);
      if (!change) return undefined;
      const known = await directory(ref.tenant);
      const unseen = hidden ?? othersThan(change, known);
      return suggestions.for(await workflow(change), change, staffFor(known, change), limit, unseen);
    },
  };
}

function othersThan({ project }: StoredChange, { restricted }: Directory): ReadonlySet<string> {
  return new Set([...restricted].filter((each) => each !== project));
}
