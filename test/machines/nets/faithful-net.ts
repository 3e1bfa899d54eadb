/**
 * What a net of a definition can do, as configurations and edges: two markings in which the change rests are joined by an edge
 * where a run between them rests nowhere else. Knows nothing of the definition but the net.
 */
import {
  CLOSED,
  type DefinitionNet,
  type Firing,
  UNHEARD,
} from '../../../src/machines/nets/from-definition/index.ts';

export interface Graph {
  /** `A.r.p A.s.q` with `!mark` for times that are over and `suspended`. */
  readonly configurations: ReadonlySet<string>;
  /** `configuration --event--> configuration`, or `--event--> for ever`. */
  readonly edges: ReadonlySet<string>;
}

export interface NetGraph extends Graph {
  /** Transitions of the definition that were taken. */
  readonly taken: ReadonlySet<unknown>;
  /** Paths of states that were active, if only in passing. */
  readonly passed: ReadonlySet<string>;
}

/** Explores until nothing new is found, or until `limit` configurations: then undefined. */
export function graphOfNet(net: DefinitionNet, limit = 3_000): NetGraph | undefined {
  const kinds = new Map(net.places.map(({ name, kind }) => [name, kind]));
  const byFirst = new Map<string, Firing[]>();
  for (const firing of net.transitions) {
    const [first = ''] = firing.takes;
    byFirst.set(first, [...(byFirst.get(first) ?? []), firing]);
  }
  const isShown = (place: string) => {
    const kind = kinds.get(place);
    return kind === 'state' || kind === 'over' || kind === 'suspended' || kind === 'sink';
  };
  const shown = (marking: ReadonlySet<string>) => [...marking].filter(isShown).sort().join(' ');
  const configurations = new Set<string>();
  const edges = new Set<string>();
  const taken = new Set<unknown>();
  const passed = new Set<string>();
  const waiting: Set<string>[] = [];
  const run = (marking: Set<string>, phase: string, arrive: (end: string) => void, path: Set<string>) => {
    let here = marking;
    let at = phase;
    for (;;) {
      if (at === UNHEARD) return;
      for (const place of here) if (kinds.get(place) === 'state') passed.add(place);
      if (at === 'rest' || at === net.sink) {
        const key = shown(here);
        if (!configurations.has(key)) {
          configurations.add(key);
          waiting.push(here);
        }
        arrive(key);
        return;
      }
      const isDecided = ![...here].some((place) => place.endsWith('?'));
      const key = isDecided || path.size > 300 ? [at, ...[...here].sort()].join('\n') : undefined;
      if (key !== undefined) {
        if (path.has(key)) return arrive('for ever');
        path.add(key);
      } else path.add(`${path.size}`);
      const enabled = (byFirst.get(at) ?? []).filter(({ takes }) => takes.every((place) => here.has(place)));
      const [only, ...others] = enabled;
      if (!only) throw new Error(`the net stands still in ${at}: ${[...here].join(' ')}`);
      for (const { does } of enabled) if (does) taken.add(does);
      for (const each of others) run(fired(here, each), each.puts[0] ?? '', arrive, new Set(path));
      here = fired(here, only);
      at = only.puts[0] ?? '';
    }
  };
  run(new Set([net.source]), net.source, () => {}, new Set());
  for (const marking of waiting) {
    if (configurations.size > limit) return undefined;
    const from = shown(marking);
    for (const firing of byFirst.get('rest') ?? []) {
      if (firing.event === CLOSED || !firing.takes.every((place) => marking.has(place))) continue;
      const event = firing.event ?? '';
      run(
        fired(marking, firing),
        firing.puts[0] ?? '',
        (to) => edges.add(`${from} --${event}--> ${to}`),
        new Set(),
      );
    }
  }
  return { configurations, edges, taken, passed };
}

function fired(marking: ReadonlySet<string>, { takes, puts }: Firing): Set<string> {
  const next = new Set(marking);
  for (const each of takes) if (!next.delete(each)) throw new Error(`${each} has no token`);
  for (const each of puts) {
    if (next.has(each)) throw new Error(`${each} has two tokens`);
    next.add(each);
  }
  return next;
}
