/**
 * Estimates for changes, learnt from the tenant's own past. What is nearest is asked first: this version of the definition
 * in this project, then in all projects, then all versions. Estimates are a minute old at most where the past is concerned;
 * the change itself is read anew.
 */
import type { CompiledWorkflow } from '../../machines/compile.ts';
import type { HistorySample } from '../../persistence/history-records.ts';
import type { StoredChange } from '../../persistence/records.ts';
import type { Clock, Store } from '../ports.ts';
import { type Episodes, episodesOf, standingOf } from './episodes.ts';
import {
  type Estimated,
  nextStepOf,
  type OutcomeRange,
  outcomeOf,
  SCOPES,
  type Scope,
  type TimeRange,
} from './estimate.ts';
import { remembered } from './remembered.ts';

export interface Estimate {
  readonly change: string;
  /** When it was made: all times count from here, ms. */
  readonly at: number;
  readonly nextStep: (TimeRange & { readonly scope: Scope }) | null;
  readonly outcome: (OutcomeRange & { readonly scope: Scope }) | null;
  /** Why there is none, where one is null. */
  readonly why: string | null;
}

/** Half a megabyte each at most. */
const KEPT = 100;
const WEEK = 7 * 86_400_000;
/** What is older says little about how people work today. */
const LOOKED_BACK_WEEKS = 13;
const SAMPLE = { newest: 300, each: 15 } as const;

export class Estimates {
  readonly #store: Pick<Store, 'histories' | 'history'>;
  readonly #clock: Clock;
  readonly #remembered: (key: string, make: (now: number) => Promise<Episodes>) => Promise<Episodes>;

  constructor(store: Pick<Store, 'histories' | 'history'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#remembered = remembered<Episodes>(clock, KEPT);
  }

  /** Learnt from no change of a hidden project. */
  async of(workflow: CompiledWorkflow, stored: StoredChange, hidden: ReadonlySet<string>): Promise<Estimate> {
    const { change, tenant, outcome } = stored;
    const at = this.#clock.now();
    const none = { change, at, nextStep: null, outcome: null };
    if (outcome !== null) return { ...none, why: `The change is ${outcome} already.` };
    const own = await this.#store.history({ tenant, change });
    const standing = own && standingOf(workflow.definition, own);
    if (!standing) return { ...none, why: 'Nothing has happened to the change yet.' };
    const next = await this.#nearest(workflow, stored, hidden, (episodes) =>
      nextStepOf(episodes, standing, at),
    );
    const end = await this.#nearest(workflow, stored, hidden, (episodes) =>
      outcomeOf(episodes, standing, at),
    );
    const lacks = [next, end].flatMap((each) => (each.known ? [] : [each.why]));
    return {
      change,
      at,
      nextStep: answerOf(next),
      outcome: answerOf(end),
      why: lacks.length > 0 ? [...new Set(lacks)].join(' ') : null,
    };
  }

  async #nearest<T>(
    workflow: CompiledWorkflow,
    stored: StoredChange,
    hidden: ReadonlySet<string>,
    estimate: (episodes: Episodes) => Estimated<T>,
  ): Promise<Estimated<T & { readonly scope: Scope }>> {
    let why = '';
    for (const scope of SCOPES) {
      const found = estimate(await this.#episodes(workflow, stored, scope, hidden));
      if (found.known) return { ...found, scope };
      why = found.why;
    }
    return { known: false, why };
  }

  #episodes(
    workflow: CompiledWorkflow,
    stored: StoredChange,
    scope: Scope,
    hidden: ReadonlySet<string>,
  ): Promise<Episodes> {
    const { tenant, definition, definitionVersion: version, project } = stored;
    // Which places are final is the version's to say, so it is part of the name even where all versions are read.
    const exceptProjects = scope === 'project' ? [] : [...hidden].sort();
    const name = JSON.stringify([
      tenant,
      definition,
      version,
      scope,
      scope === 'project' && project,
      exceptProjects,
    ]);
    return this.#remembered(name, async (now) => {
      const sample: HistorySample = {
        definition,
        ...(scope !== 'all_versions' && { version }),
        ...(scope === 'project' && { project }),
        ...(exceptProjects.length > 0 && { exceptProjects }),
        ...SAMPLE,
        spans: spansBefore(now),
      };
      return episodesOf(workflow.definition, await this.#store.histories(tenant, sample), now);
    });
  }
}

/** The weeks before, as spans of ids: they are ordered by when changes were recorded. */
function spansBefore(now: number): HistorySample['spans'] {
  return Array.from({ length: LOOKED_BACK_WEEKS }, (_, ago) => ({
    from: idAt(now - (ago + 1) * WEEK),
    until: idAt(now - ago * WEEK),
  }));
}

/** The start of every UUID of version 7 that was made at this time (RFC 9562: 48 bits of milliseconds). */
function idAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

function answerOf<T extends object>(estimated: Estimated<T>): T | null {
  if (!estimated.known) return null;
  const { known: _known, ...value } = estimated;
  return value as unknown as T;
}
