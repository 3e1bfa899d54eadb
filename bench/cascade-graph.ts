/** Changes that depend on each other, as many as one likes, committed as a proposal and its dependencies commit them. */
import { newId } from '../src/actors/clock.ts';
import { type Live, proposed, toRecord } from '../src/actors/live.ts';
import { type Input, step } from '../src/actors/step.ts';
import { compile } from '../src/machines/compile.ts';
import { normalise } from '../src/machines/normalise.ts';
import { sourceSchema } from '../src/machines/source.ts';
import { workflow } from '../src/machines/workflow.ts';
import type { ChangeCommit, ChangeEdge } from '../src/persistence/records.ts';
import { AUTHOR, type Rig, TENANT } from './rig.ts';

export const landing = workflow({
  name: 'Landing',
  roles: ['developer'],
  triggers: ['ready', 'merge'],
  initial: 'Open',
  states: { Open: {}, Ready: {}, Merged: { final: 'applied' } },
  transitions: {
    'Open -> Ready': { trigger: 'ready', role: 'developer' },
    'Open -> Merged': { trigger: 'merge', role: 'developer' },
    'Ready -> Merged': { trigger: 'merge', role: 'developer' },
  },
});

export interface Planned {
  readonly change: string;
  readonly on: readonly string[];
}

export const HUBS = 6;
export const DEPENDANTS = 1_000;
export const LAYERS = 20;
export const WIDTH = 500;
const EACH = 3;
const BATCH = 500;

export interface Plan {
  readonly changes: readonly Planned[];
  /** Each has `DEPENDANTS` that depend on it directly. */
  readonly hubs: readonly string[];
  /** Depends on `LAYERS * WIDTH` others, all of which depend on `bottom`. */
  readonly top: string;
  readonly bottom: string;
  /** Changes that nobody waits for. */
  readonly plain: readonly string[];
}

/** Hubs with their dependants, layers of which each change depends on three of the one below, and small groups for the rest. */
export function planned(count: number, random: () => number): Plan {
  const changes: Planned[] = [];
  const add = (on: readonly string[]): string => {
    const change = newId();
    changes.push({ change, on });
    return change;
  };
  const some = (from: readonly string[], wanted = EACH, ...found: readonly string[]) => {
    const on = new Set(found);
    while (on.size < Math.min(wanted, from.length)) on.add(from[Math.floor(random() * from.length)] ?? '');
    return [...on];
  };
  const hubs = Array.from({ length: HUBS }, () => add([]));
  const bottom = add([]);
  let below = [bottom];
  for (let layer = 0; layer < LAYERS; layer++) {
    const under = below;
    below = Array.from({ length: WIDTH }, (_, at) =>
      add(some(under, EACH, under[at % under.length] ?? bottom)),
    );
  }
  const top = add(below);
  const plain: string[] = [];
  let group: string[] = [];
  while (changes.length < count - HUBS * DEPENDANTS) {
    if (group.length === 200) group = [];
    const change = add(group.length === 0 ? [] : some(group));
    group.push(change);
    plain.push(change);
  }
  for (const hub of hubs)
    for (let at = 0; at < DEPENDANTS; at++) add([hub, ...some(plain.slice(0, 1_000), EACH - 1)]);
  return { changes, hubs, top, bottom, plain };
}

/** Returns how many edges there are. */
export async function build({ store }: Rig, plan: Plan): Promise<number> {
  const compiled = compile(normalise(sourceSchema.parse(landing)));
  const createdAt = Date.now();
  const principal = AUTHOR;
  const first = proposed(compiled, {
    ...{ project: 'bench', key: null, title: 'A change', author: AUTHOR.id, authorKind: 'person' },
    ...{ definition: landing.name, definitionVersion: 1, attributes: null, createdAt },
  });
  const taken = (live: Live, input: Input) => {
    const { live: next, entry } = step(live, input, createdAt);
    if (!entry || entry.refusal) throw new Error(`refused: ${entry?.refusal?.message}`);
    return { live: next, entry };
  };
  const begun = taken(first, { kind: 'propose', envelope: { principal } });
  const one = ({ change, on }: Planned): ChangeCommit => {
    const dependencies = on.map((each) => ({
      ...{ on: each, change: each, kind: 'textual', rule: 'does-not-apply-without' },
      ...{ policy: 'block', standing: 'open', version: 1 },
    }));
    const command = { change, trigger: 'change.depend', data: { dependencies } };
    const told = on.length > 0 && taken(begun.live, { kind: 'event', command, envelope: { principal } });
    const { live } = told || begun;
    const edges = dependencies.map(
      ({ on: target, kind, rule }): ChangeEdge => ({ target, kind, rule, on: target, project: 'bench' }),
    );
    return {
      ...{ tenant: TENANT, change, baseVersion: 0, facts: first.facts, state: toRecord(live) },
      entries: told ? [begun.entry, told.entry] : [begun.entry],
      ...{ timersSet: [], timersSettled: [], keys: [], edges },
    };
  };
  for (let at = 0; at < plan.changes.length; at += BATCH)
    await store.commit(plan.changes.slice(at, at + BATCH).map(one));
  return plan.changes.reduce((sum, { on }) => sum + on.length, 0);
}

/** The same numbers in every run (mulberry32). */
export function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
