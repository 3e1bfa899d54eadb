/** Counts what the server answered. Where a change stands is the newest version any of the answers has shown. */
import type { Refusal, RefusalCode } from '../../errors.ts';
import type { Json } from '../../persistence/records.ts';
import type { Change, Transition } from '../wire.ts';
import { type ImportRule, waitingFor } from './rule.ts';

/** Where one change stands. */
export interface Standing {
  readonly version: number;
  readonly state: Json;
  readonly outcome: string | null;
}

export interface Summary {
  readonly changes: number;
  /** Per outcome, "open" included. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Open changes by the regions they wait for. */
  readonly waiting: Readonly<Record<string, number>>;
  readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
  /** What the history holds and no command could say, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly late: number;
  /** Changes whose diff is stored. */
  readonly contents: number;
  /** Commands that were answered, refusals among them. */
  readonly events: number;
  readonly events_per_second: number;
  readonly seconds: number;
}

export class Tally {
  readonly #rule: ImportRule;
  readonly #outcomes: Record<string, number> = { approved: 0, open: 0 };
  readonly #waiting: Record<string, number> = {};
  readonly #refused: Partial<Record<RefusalCode, number>> = {};
  readonly #skipped: Record<string, number> = {};
  #changes = 0;
  #late = 0;
  #contents = 0;
  #events = 0;

  constructor(rule: ImportRule) {
    this.#rule = rule;
  }

  get changes(): number {
    return this.#changes;
  }

  get events(): number {
    return this.#events;
  }

  proposed({ version, state, outcome }: Change): Standing {
    this.#events += 1;
    return { version, state, outcome };
  }

  /** Where the change stands after this answer. */
  answered(before: Standing, { kind, version, to, outcome }: Transition): Standing {
    this.#events += 1;
    if (kind === 'late') this.#late += 1;
    return kind === 'transition' && version > before.version ? { version, state: to, outcome } : before;
  }

  /** The server was told what a change depends on. */
  depended(): void {
    this.#events += 1;
  }

  refused({ code }: Refusal): void {
    this.#events += 1;
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
  }

  /** The content of a change is with the server. */
  stored(): void {
    this.#contents += 1;
  }

  skipped(reason: string, times = 1): void {
    this.#skipped[reason] = (this.#skipped[reason] ?? 0) + times;
  }

  /** A change all of whose commands were answered. */
  finished({ state, outcome }: Standing): void {
    this.#changes += 1;
    add(this.#outcomes, outcome ?? 'open');
    if (outcome === null) add(this.#waiting, waitingFor(this.#rule, state));
  }

  summary(tookMs: number): Summary {
    return {
      changes: this.#changes,
      outcomes: this.#outcomes,
      waiting: this.#waiting,
      refused: this.#refused,
      skipped: this.#skipped,
      late: this.#late,
      contents: this.#contents,
      events: this.#events,
      events_per_second: tookMs > 0 ? Math.round((this.#events * 1000) / tookMs) : 0,
      seconds: Math.round(tookMs) / 1000,
    };
  }
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
