/** Dependencies in a story: what the dice make a change depend on, and what has to be true of it all in the end. */
import type { PersistedSnapshot } from '../../src/machines/compile.ts';
import type { Json, LogRow } from '../../src/persistence/records.ts';
import { DependencyModel } from '../actors/depending-model.ts';
import { principal, TENANT } from '../actors/rig.ts';
import type { World } from './world.ts';

const POLICIES = { declared: 'block', textual: 'block', near: 'warn', order: 'allow', group: 'block' };

/** Up to two of these, as the data of `change.depend`. */
export function dependsNow(world: World, names: readonly string[]): Json {
  const dependencies = Array.from({ length: Math.floor(world.roll() * 3) }, () => ({
    on: world.pick(names),
    kind: world.pick(['declared', 'textual', 'near']),
    rule: 'dice',
  }));
  return { dependencies };
}

/**
 * Sentences about what is not as it should be: approved before what it depends on, waiting for nothing, or remembered
 * otherwise than the graph has it.
 */
export async function brokenIn(
  world: World,
  rows: readonly LogRow[],
  groups: readonly (readonly LogRow[])[],
): Promise<string[]> {
  const { store } = world;
  const records = await store.changes(TENANT, {}, { limit: 1_000 });
  const keys = new Map(records.flatMap(({ key, change }) => (key === null ? [] : [[key, change] as const])));
  const rules = [{ after: -1, rules: { policies: POLICIES, isRejectedTold: false } }];
  const seqs = groups.map((group) => group.map(({ seq }) => seq));
  const broken = [...new DependencyModel({ rows, keys, rules, groups: seqs }).violations];
  const refs = records.map(({ change }) => ({ tenant: TENANT, change }));
  for (const { change, snapshot, outcome } of await store.load(refs)) {
    const { dependencies = [] } = (snapshot as unknown as PersistedSnapshot).context;
    const remembered = dependencies.map(({ on, kind, change: known }) => `${kind} ${on} ${known ?? on}`);
    const edges = await store.edgesAt(TENANT, [change], 'up');
    const stored = edges.map(({ on, kind, target }) => `${kind} ${target} ${on}`);
    if (remembered.sort().join() !== stored.sort().join())
      broken.push(`${change} remembers ${remembered}, and its edges are ${stored}`);
    if (outcome !== null || dependencies.length === 0) continue;
    const envelope = { principal: principal('ada') };
    const asked = await world.servers[0]?.ask({ change, trigger: 'dependency.recheck' }, envelope);
    if (asked && asked.outcome !== null) broken.push(`${change} could have gone on to ${asked.outcome}`);
  }
  return broken;
}
