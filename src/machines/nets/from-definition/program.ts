/**
 * A net that is written like a program. A step of the machine runs to completion: it looks at one thing after the other and
 * only then rests. One token stands for where it is in that (a *phase*); places of states are read and changed on the way.
 * Every place holds at most one token, so the net is safe by construction, and it grows with the definition, not with the
 * product of its regions.
 */
import type { Transition } from '../../definition.ts';

/** What a place stands for; phases are of no state of the change. */
export type PlaceKind = 'state' | 'over' | 'suspended' | 'rest' | 'fact' | 'phase' | 'source' | 'sink';

export interface PlaceOf {
  readonly name: string;
  readonly kind: PlaceKind;
}

/** A transition of the net. `event` names what happens to the change, where this is how it begins. */
export interface Firing {
  readonly name: string;
  readonly takes: readonly string[];
  readonly puts: readonly string[];
  readonly event?: string;
  /** The transition of the definition that is taken. */
  readonly does?: Transition;
}

export interface Written {
  readonly places: readonly PlaceOf[];
  readonly firings: readonly Firing[];
}

/** One line of the program: it goes on from one phase at another. */
export interface Line {
  readonly takes?: readonly string[];
  readonly puts?: readonly string[];
  readonly reads?: readonly string[];
  readonly event?: string;
  readonly does?: Transition | undefined;
}

export interface Program {
  /** Declares a place; twice is once. */
  readonly place: (name: string, kind: PlaceKind) => string;
  /** A phase of its own. */
  readonly fresh: () => string;
  readonly line: (from: string, to: string, line?: Line) => void;
  /** True the first time it is asked with this name: shared parts are written once. */
  readonly first: (name: string) => boolean;
  readonly written: () => Written;
}

/** More places or transitions than a net should have. */
export class TooLarge extends Error {}

/** An empty program. Throws `TooLarge` past `limit` transitions. */
export function program(limit = 200_000): Program {
  const places = new Map<string, PlaceKind>();
  const firings: Firing[] = [];
  const seen = new Set<string>();
  const place: Program['place'] = (name, kind) => {
    if (!places.has(name)) places.set(name, kind);
    return name;
  };
  let count = 0;
  return {
    place,
    fresh: () => {
      count += 1;
      return place(`#${count}`, 'phase');
    },
    line: (from, to, { takes = [], puts = [], reads = [], event, does } = {}) => {
      if (firings.length >= limit) throw new TooLarge();
      for (const phase of [from, to]) place(phase, 'phase');
      firings.push({
        name: `${event ?? ''}#${firings.length}`,
        takes: [from, ...takes, ...reads],
        puts: [to, ...puts, ...reads],
        ...(event !== undefined && { event }),
        ...(does && { does }),
      });
    },
    first: (name) => seen.size < seen.add(name).size,
    written: () => ({ places: [...places].map(([name, kind]) => ({ name, kind })), firings }),
  };
}
