/** Stories of catalog workflows: who does what, one after the other, and what is refused on the way. */
import { withIncluded } from '../../src/actors/beginning.ts';
import { type BallotView, standingsOf } from '../../src/actors/standings.ts';
import {
  builtInRefusal,
  type CompiledWorkflow,
  configuration,
  enabledBy,
  isBuiltIn,
  next,
  outcomeOf,
  refusalOf,
  type Snapshot,
  start,
  type TimerSet,
  type TriggerEvent,
} from '../../src/machines/compile.ts';
import type { SignedIn } from '../../src/machines/context.ts';
import type { AttributeValue, Outcome } from '../../src/machines/definition.ts';
import { person } from './build.ts';

/** Something somebody does, or a timer that is over, by its name. */
export type Happening = TriggerEvent | { readonly over: string };

/** `id` does it under one role; a reason is given. */
export function does(trigger: string, id: string, role: string): TriggerEvent {
  return { type: trigger, principal: person(id, role), reason: 'because it is so' };
}

/** The same as a signature: signed in a moment ago in session `id`, with so many factors. */
export function signs(trigger: string, id: string, role: string, factors = 2): TriggerEvent {
  const session: SignedIn = { id, factors, at: 0 };
  return { ...does(trigger, id, role), principal: { ...person(id, role), session } };
}

/** The author, ann, brings in a new revision; the others had a hand in it. */
export function revises(...coAuthors: readonly string[]): TriggerEvent {
  return { type: 'change.revise', principal: person('ann'), data: { coAuthors } };
}

/** One change of ann's and what has happened to it. Everything that happens must be accepted. */
export class Story {
  #snapshot: Snapshot;
  #timers: readonly TimerSet[];
  readonly workflow: CompiledWorkflow;

  constructor(workflow: CompiledWorkflow, attributes: Readonly<Record<string, AttributeValue>> = {}) {
    const { snapshot, timersSet } = start(workflow, { author: 'ann', attributes });
    this.workflow = workflow;
    this.#snapshot = snapshot;
    this.#timers = timersSet;
  }

  play(...happenings: readonly Happening[]): this {
    for (const each of happenings) {
      const event = 'over' in each ? this.#timer(each.over) : this.#complete(each);
      const { changed, snapshot, timersSet } = next(this.workflow, this.#snapshot, event);
      if (!changed) throw new Error(`${JSON.stringify(each)} is refused in ${this.state}`);
      this.#snapshot = snapshot;
      this.#timers = timersSet;
    }
    return this;
  }

  /** The code of the refusal, or undefined where it is permitted. */
  refused(given: TriggerEvent): string | undefined {
    const event = this.#complete(given);
    const { definition } = this.workflow;
    const { context, value } = this.#snapshot;
    if (isBuiltIn(event.type)) return builtInRefusal(definition, context, { ...event, value })?.code;
    const refusals = enabledBy(this.workflow, value, event.type).map((rule) =>
      refusalOf(definition, rule, context, { ...event, value }),
    );
    if (refusals.length === 0) return 'NOT_ENABLED';
    return refusals.every((each) => each !== undefined) ? refusals[0]?.code : undefined;
  }

  /** Innermost states, joined: `Review.review.pending, Review.test.passed`. */
  get state(): string {
    return configuration(this.#snapshot.value).join(', ');
  }

  get outcome(): Outcome | undefined {
    return outcomeOf(this.workflow, this.#snapshot);
  }

  get context() {
    return this.#snapshot.context;
  }

  /** Timers the last happening set, in hours, by name. */
  get timers(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#timers.map(({ name, delayMs }) => [name, delayMs / 3_600_000]));
  }

  ballot(name: string): BallotView {
    const view = standingsOf(this.workflow.definition, this.context, this.#snapshot.value)[name];
    if (!view) throw new Error(`there is no ballot ${name}`);
    return view;
  }

  /** Ids of those whose votes stand. */
  voters(name: string): string[] {
    return this.ballot(name).votes.map(({ by }) => by);
  }

  #complete(event: TriggerEvent): TriggerEvent {
    const principal = { tenant: 'acme', ...event.principal };
    return { ...event, principal: withIncluded(this.workflow.definition, principal) };
  }

  #timer(name: string) {
    const [type] = [...this.workflow.timers].find(([, timer]) => timer.name === name) ?? [];
    if (type === undefined) throw new Error(`there is no timer ${name}`);
    return { type };
  }
}
