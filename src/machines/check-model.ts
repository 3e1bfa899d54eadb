/** A definition as the exploration walks it: for every state and region what can be heard there, and what goes by itself. */
import type { Knowing, Knowledge } from './check-knowledge.ts';
import type { Conditional, Joined, Outcome, Revised, Timed, Triggered } from './definition.ts';
import type { Leaving } from './paths.ts';

/** What a trigger can do: take a transition, reopen, or cast a vote, which leads nowhere. */
export interface Candidate {
  readonly rule: Leaving;
  readonly transition?: Triggered;
  /** Name of the state it leads to, beside the one it leaves. */
  readonly to?: string;
}

/** A time that is noted once it is over. */
export interface Clock {
  readonly mark: string;
  readonly label: string;
}

export interface Place {
  readonly path: string;
  /** Its own among the places of its scope: 0, 1, 2 … */
  readonly number: number;
  /** The last part of the path. */
  readonly name: string;
  readonly final: Outcome | undefined;
  readonly triggers: ReadonlyMap<string, readonly Candidate[]>;
  readonly whens: readonly Conditional[];
  readonly timed: readonly (Clock & { readonly transition: Timed })[];
  readonly clocks: readonly Clock[];
  readonly revised: Revised | undefined;
  /** Numbers of the facts that may be asked for in one step from here on, of states with regions: around them. */
  readonly asks: ReadonlySet<number>;
}

export interface RegionModel {
  readonly name: string;
  readonly initial: string;
  /** How far apart in the numbers of configurations two neighbouring places of it are. */
  readonly stride: number;
  /** Votes that are taken wherever the region is. */
  readonly votes: ReadonlyMap<string, readonly Candidate[]>;
  readonly places: ReadonlyMap<string, Place>;
}

export interface TopPlace extends Place {
  /** The number of its first configuration; undefined where there are more of them than can be numbered. */
  readonly base: number | undefined;
  /** Likewise of the one in which it starts. */
  readonly begin: number | undefined;
  /** Its configurations that were met so far and at which a step may begin, by what stands for their state value. */
  readonly open: Map<Key, Configuration>;
  readonly regions: readonly RegionModel[];
  /** Joins and conditions, in the author's order. */
  readonly leaving: readonly (Joined | Conditional)[];
  /** Whether what goes by itself in one region looks at another, or takes away votes that one may look at. */
  readonly isCoupled: boolean;
  /** Triggers that are heard in more than one of: the state itself, the places of one region, the votes of one region. */
  readonly shared: ReadonlySet<string>;
}

export interface Model {
  readonly initial: string;
  /** Where superseded changes end, wherever they were. */
  readonly superseded: string | undefined;
  readonly tops: ReadonlyMap<string, TopPlace>;
  readonly knowing: Knowing;
  /** Which rules of a trigger one sender may satisfy together; undefined where there are too many to say. */
  readonly permitted: (trigger: string) => readonly ReadonlySet<Leaving>[] | undefined;
}

/** A state, the state of each of its regions, and which times are over there. */
export interface Configuration {
  readonly top: TopPlace;
  readonly inner: readonly Place[];
  /** The same for the same state value. */
  readonly value: Key;
  /** Marks of times that are over, sorted. They last as long as the state they belong to. */
  readonly marks: readonly string[];
  /** What has been seen since the last event, as far as it can still be asked for. Nothing where the change rests. */
  readonly facts: Knowledge;
  /** Regions before this one have nothing left to do in this step. */
  readonly from: number;
}

/** What stands for a configuration in maps: a number where there are few enough of them, and nothing else is to be told. */
export type Key = number | string;
