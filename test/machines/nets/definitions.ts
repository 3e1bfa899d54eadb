/** Random definitions that use everything a net has to translate: up to 60 states, most of them small. */
import fc from 'fast-check';
import type {
  Definition,
  Joined,
  Outcome,
  Region,
  State,
  Timed,
  Transition,
  Triggered,
} from '../../../src/machines/definition.ts';

const HOUR_MS = 3_600_000;
const RULE = { roles: [], by: [], exclude: [], reason: 'optional' } as const;
/** Parts that may be either; `ballots.v` is a ballot that two votes pass. */
const FACTS = [
  'attributes.a',
  '!attributes.a',
  'attributes.b',
  'attributes.risk == "low"',
  'attributes.risk == "high"',
  'ballots.v.passed',
  '!ballots.v.passed',
];

/** A small, quick and repeatable die (mulberry32). */
function die(seed: number) {
  let state = seed | 0;
  const roll = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    below: (count: number) => Math.floor(roll() * count),
    chance: (share: number) => roll() < share,
    pick: <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T,
  };
}
type Die = ReturnType<typeof die>;

export const definitions: fc.Arbitrary<Definition> = fc
  .record({ seed: fc.integer(), size: fc.constantFrom(0, 0, 0, 0, 0, 1, 1, 1, 2), isLarge: fc.nat(499) })
  .map(({ seed, size, isLarge }) => randomDefinition(seed, isLarge === 0 ? 9 : size));

/** `size` 0 to 9: from a handful of states to some sixty. */
export function randomDefinition(seed: number, size: number): Definition {
  const random = die(seed);
  const open = Array.from({ length: 1 + random.below(1 + size) + Math.floor(size / 2) }, (_, at) => `S${at}`);
  const names = [...open, 'F0', 'F1'];
  const usesBallot = random.chance(0.3);
  // A few at a time: the machine is tried with every way in which they can be.
  const possible = FACTS.filter((each) => usesBallot || !each.includes('ballots'));
  const facts = Array.from({ length: 2 }, () => random.pick(possible));
  const parallels = open.filter(() => random.chance(size === 0 ? 0.3 : 0.35)).slice(0, size > 4 ? 3 : 2);
  const regions = new Map(
    parallels.map((name) => [
      name,
      Object.fromEntries(regionNames(random, size).map((each) => [each, size])),
    ]),
  );
  const states: Record<string, State> = {};
  for (const name of open) {
    const inner = Object.keys(regions.get(name) ?? {});
    const shapes = inner.map((each) => [each, regionStates(random)] as const);
    const timers = random.chance(0.1) ? { timers: { quiet: { afterMs: HOUR_MS } } } : {};
    const made = shapes.map(([each, shape]) => [each, regionOf(random, each, shape, shapes, facts)] as const);
    states[name] = { ...timers, ...(made.length > 0 && { regions: Object.fromEntries(made) }) };
  }
  states.F0 = { final: 'approved' };
  states.F1 = random.chance(0.15)
    ? { final: 'rejected', reopen: { ...RULE, trigger: 't0', to: random.pick(open) } }
    : { final: 'rejected' };
  const transitions = open.flatMap((from) => leavings(random, from, names, states, facts, usesBallot));
  if (JSON.stringify([states, transitions]).includes('elapsed.quiet'))
    states.S0 = { ...states.S0, timers: { quiet: { afterMs: HOUR_MS } } };
  const place = random.pick([
    ...open,
    ...parallels.flatMap((name) => Object.keys(regions.get(name) ?? {}).map((each) => `${name}.${each}`)),
  ]);
  const cast = { ...RULE, roles: random.chance(0.3) ? ['x'] : [] };
  return {
    name: 'Random',
    roles: ['x', 'y'],
    triggers: ['t0', 't1', 't2', 'u0', 'u1', 'vote', 'unvote'],
    attributes: {
      a: { type: 'bool', initial: false },
      b: { type: 'bool', initial: false },
      risk: { type: 'text', oneOf: ['low', 'middle', 'high'], initial: 'middle' },
    },
    ...(usesBallot && {
      ballots: {
        v: {
          in: [place],
          cast: { vote: { ...cast, value: 1 }, [random.pick(['unvote', 't1'])]: { ...cast, value: 'clear' } },
          needs: [{ kind: 'count', count: 2, at: 1 }],
          revision: { keep: ['always'], vetoes: 'keep' },
        },
      },
    }),
    ...(random.chance(0.1) && { suspension: { suspend: RULE, resume: RULE } }),
    ...(random.chance(0.1) && { supersede: { ...RULE, to: 'F1' } }),
    initial: 'S0',
    states,
    transitions,
  };
}

function regionNames(random: Die, size: number): string[] {
  return ['r', 's', 'w', 'z'].slice(0, 1 + random.below(size > 4 ? 4 : size === 0 ? 2 : 3));
}

type Shape = Readonly<Record<string, Outcome | undefined>>;

function regionStates(random: Die): Shape {
  return {
    p: undefined,
    ...(random.chance(0.5) && { q: undefined }),
    ...(random.chance(0.85) && { f: 'approved' as const }),
    ...(random.chance(0.4) && { g: 'rejected' as const }),
  };
}

function regionOf(
  random: Die,
  name: string,
  shape: Shape,
  all: readonly (readonly [string, Shape])[],
  facts: readonly string[],
): Region {
  const names = Object.keys(shape);
  const transitions = names
    .filter((from) => shape[from] === undefined)
    .flatMap((from) =>
      Array.from({ length: 1 + random.below(3) }, (): Transition => {
        const to = random.pick(names);
        if (random.chance(0.12) && from !== to) {
          const [other, states] = random.pick(all);
          const looks = `regions.${other} ${random.pick(['==', '!='])} "${random.pick(Object.keys(states))}"`;
          return { on: 'when', from, to, when: condition(random, [...facts, looks]) };
        }
        if (random.chance(0.08)) return { on: 'revision', from, to };
        if (random.chance(0.12)) return timed(random, from, to, facts);
        const own = random.chance(0.75);
        return triggered(
          random,
          from,
          to,
          own ? `${random.pick(['u0', 'u1'])}` : random.pick(['t0', 't1', 't2']),
          facts,
        );
      }),
    );
  const timers = random.chance(0.1) ? { timers: { quiet: { afterMs: HOUR_MS } } } : {};
  void name;
  return {
    initial: 'p',
    states: Object.fromEntries(
      names.map((each) => {
        const final = shape[each];
        return [each, final ? { final } : each === 'p' ? timers : {}];
      }),
    ),
    transitions,
  };
}

function leavings(
  random: Die,
  from: string,
  names: readonly string[],
  states: Readonly<Record<string, State>>,
  facts: readonly string[],
  usesBallot: boolean,
): Transition[] {
  const regions = Object.entries(states[from]?.regions ?? {});
  const looks = regions.map(
    ([name, region]) =>
      `regions.${name} ${random.pick(['==', '!='])} "${random.pick(Object.keys(region.states))}"`,
  );
  const plain = Array.from({ length: 1 + random.below(2) }, (): Transition => {
    const to = random.pick(names);
    const voiding = usesBallot && random.chance(0.15) ? { void: ['v'] } : {};
    if (random.chance(0.2) && from !== to)
      return {
        on: 'when',
        from,
        to,
        when: condition(random, [...facts, ...looks, 'elapsed.quiet']),
        ...voiding,
      };
    if (random.chance(0.08)) return { on: 'revision', from, to };
    if (random.chance(0.15)) return timed(random, from, to, facts);
    return { ...triggered(random, from, to, random.pick(['t0', 't1', 't2', 'u0']), facts), ...voiding };
  });
  if (regions.length === 0) return plain;
  const joins = Array.from({ length: random.below(3) }, (): Joined => {
    const ending = random.chance(0.4) ? { ending: random.pick(['approved', 'rejected'] as const) } : {};
    const join = random.pick(['all', 'all', 'any', 1 + random.below(regions.length)] as const);
    return { on: 'join', from, to: random.pick(names.filter((each) => each !== from)), join, ...ending };
  });
  return [...joins, ...plain];
}

function triggered(
  random: Die,
  from: string,
  to: string,
  trigger: string,
  facts: readonly string[],
): Triggered {
  const roles = random.chance(0.3) ? [random.pick(['x', 'y'])] : [];
  const open = facts.filter((each) => !each.includes('ballots'));
  const only = random.chance(0.15) ? { if: condition(random, open) } : {};
  return { on: 'trigger', from, to, trigger, late: 'refuse', ...RULE, roles, ...only };
}

function timed(random: Die, from: string, to: string, facts: readonly string[]): Timed {
  const only = random.chance(0.4) ? { if: condition(random, facts) } : {};
  return { on: 'time', from, to, afterMs: random.pick([1, 2]) * HOUR_MS, ...only };
}

function condition(random: Die, parts: readonly string[]): string {
  const first = random.pick(parts);
  const second = random.pick(parts);
  return first === second || random.chance(0.6) ? first : `${first} ${random.pick(['&&', '||'])} ${second}`;
}
