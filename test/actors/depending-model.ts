/**
 * What dependencies come to, told from the rows of the log alone and in its order: the plainest way to say it, to hold the
 * runtime against. It knows which policy stood from which row on, and which rows are one group; all else it reads.
 */
import type { LogRow } from '../../src/persistence/records.ts';

export interface Rules {
  /** By kind of dependency. */
  readonly policies: Readonly<Record<string, string>>;
  /** Whether one that is rejected only warns. */
  readonly isRejectedTold: boolean;
}

export interface Facts {
  readonly rows: readonly LogRow[];
  /** Changes by their keys. */
  readonly keys: ReadonlyMap<string, string>;
  /** What stood after which row, oldest first. */
  readonly rules: readonly { readonly after: number; readonly rules: Rules }[];
  /** The seqs of each group that was done. */
  readonly groups: readonly (readonly number[])[];
}

interface Named {
  readonly on: string;
  readonly kind: string;
}

export class DependencyModel {
  readonly #facts: Facts;
  readonly #outcomes = new Map<string, string | null>();
  readonly #named = new Map<string, readonly Named[]>();
  /** Sentences about rows that should not be. */
  readonly violations: string[] = [];

  constructor(facts: Facts) {
    this.#facts = facts;
    for (let at = 0; at < facts.rows.length; ) {
      const seq = facts.rows[at]?.seq ?? 0;
      const size = facts.groups.find((group) => group[0] === seq)?.length ?? 1;
      const rows = facts.rows.slice(at, at + size);
      for (const row of rows) this.#take(row);
      for (const row of rows) this.#judge(row);
      at += size;
    }
  }

  /** What blocks the change when all rows are read. */
  blockersOf(change: string, after = Number.POSITIVE_INFINITY): string[] {
    const { policies, isRejectedTold } = this.#rulesAt(after);
    return (this.#named.get(change) ?? []).flatMap(({ on, kind }) => {
      const target = this.#outcomes.has(on) ? on : (this.#facts.keys.get(on) ?? on);
      const outcome = this.#outcomes.get(target);
      const isThere = outcome === 'approved' || outcome === 'applied';
      const isTold = outcome === 'rejected' && isRejectedTold;
      const passes = target === change || policies[kind] !== 'block' || isThere || isTold;
      return passes ? [] : [`${on} is ${outcome ?? 'open or unknown'}`];
    });
  }

  outcomeOf(change: string): string | null {
    return this.#outcomes.get(change) ?? null;
  }

  #take({ change, kind, event, outcome, data }: LogRow): void {
    if (kind !== 'proposed' && kind !== 'transition') return;
    this.#outcomes.set(change, outcome);
    if (event !== 'change.depend' && event !== 'change.revise') return;
    const given = (data as { readonly dependencies?: readonly Named[] } | null)?.dependencies;
    if (given) this.#named.set(change, given);
  }

  #judge({ seq, change, kind, event, outcome }: LogRow): void {
    if (kind !== 'transition' || (outcome !== 'approved' && outcome !== 'applied')) return;
    const blockers = this.blockersOf(change, seq);
    if (blockers.length > 0)
      this.violations.push(`row ${seq}: ${event} made ${change} ${outcome}, but ${blockers.join(', ')}`);
  }

  #rulesAt(seq: number): Rules {
    const found = this.#facts.rules.findLast(({ after }) => seq > after);
    if (!found) throw new Error(`no rules stand at row ${seq}`);
    return found.rules;
  }
}
