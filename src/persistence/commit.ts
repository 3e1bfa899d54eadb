/**
 * Group commit: what many steps decided becomes durable in one transaction.
 *
 * An attempt is sent in one go, from "begin" to "commit": while the streams are locked nobody waits for this process. A
 * statement that finds rows missing (another server moved a change on, a key is taken) turns the commit into a rollback.
 * Then the batch is repeated once: now the conflicts are looked up first, under the lock that makes the answer final, and
 * the rest is written. If the database refuses the data themselves, the batch is halved until the bad change stands alone.
 * Changes that are committed together are never divided: where one of them cannot be written, none is.
 */
import type pg from 'pg';
import { CountersignError, invariant } from '../errors.ts';
import { setEdges } from './commit-edges.ts';
import { advanceStreams, appendLog, claimKeys, type Placed, placeAll } from './commit-log.ts';
import { followVersions, insertChanges, insertStates, lockStreams, updateStates } from './commit-states.ts';
import { setTimers, settleTimers } from './commit-timers.ts';
import { type EncodedChange, encodeChange } from './encode.ts';
import { isDataError } from './failures.ts';
import { judge, noneAppeared, noneMovedOn } from './judge.ts';
import { withClient } from './pools.ts';
import type { ChangeCommit, CommitResult } from './records.ts';
import { inOnePacket, isMissed } from './statements.ts';

type Results = (CommitResult | undefined)[];

/** Commits a batch; results stand in its order. Throws STORE_UNAVAILABLE: then the outcome is unknown. */
export async function commitBatch(
  pool: pg.Pool,
  changes: readonly ChangeCommit[],
  together = false,
): Promise<CommitResult[]> {
  const results = new Array<CommitResult | undefined>(changes.length);
  const encoded = encodeAll(changes, results);
  let waiting = together && encoded.length < changes.length ? [] : encoded;
  while (waiting.length > 0) {
    const { wave, later } = nextWave(waiting);
    invariant(!together || later.length === 0, 'changes that are committed together do not compete');
    await commitWave(pool, wave, results, together);
    waiting = later;
  }
  // Not `map`, which passes over the places that nothing was put in.
  return Array.from(results, (result) => {
    if (together && !result) return { ok: false, conflict: 'together' };
    invariant(result, 'every change of a batch has a result');
    return result;
  });
}

function encodeAll(changes: readonly ChangeCommit[], results: Results): EncodedChange[] {
  return changes.flatMap((change, place) => {
    try {
      return [encodeChange(change, place)];
    } catch (error) {
      results[place] = rejected(error);
      return [];
    }
  });
}

/**
 * Changes that compete with one another (for a key, or by standing in the batch twice) go into different transactions,
 * so that a conflict is always with something committed and never with a neighbour that itself may lose.
 */
function nextWave(changes: readonly EncodedChange[]): { wave: EncodedChange[]; later: EncodedChange[] } {
  const taken = new Set<string>();
  const seen = new Set<string>();
  const wave: EncodedChange[] = [];
  const later: EncodedChange[] = [];
  for (const encoded of changes) {
    const names = claims(encoded.commit);
    const reads = required(encoded.commit);
    if (names.some((name) => taken.has(name) || seen.has(name)) || reads.some((name) => taken.has(name))) {
      later.push(encoded);
      continue;
    }
    for (const name of names) taken.add(name);
    for (const name of reads) seen.add(name);
    wave.push(encoded);
  }
  return { wave, later };
}

/** Changes that must not move, or appear, while this one is written; many may ask that of the same. */
function required({ tenant, requires = [], edges = [] }: ChangeCommit): string[] {
  const unknown = edges.filter(({ on }) => on === null);
  return [
    ...requires.map(({ change }) => `change\0${tenant}\0${change}`),
    ...unknown.map(({ project, target }) => `facts\0${tenant}\0${project}\0${target}`),
  ];
}

function claims({ tenant, change, facts, keys }: ChangeCommit): string[] {
  const names = [`change\0${tenant}\0${change}`];
  if (facts && facts.key !== null) names.push(`facts\0${tenant}\0${facts.project}\0${facts.key}`);
  for (const { principal, key } of keys) names.push(`key\0${tenant}\0${principal}\0${key}`);
  return names;
}

async function commitWave(
  pool: pg.Pool,
  wave: readonly EncodedChange[],
  results: Results,
  together: boolean,
): Promise<void> {
  try {
    await withClient(pool, 'commit', async (client) => {
      if (!(await attempt(client, wave, results)))
        await attemptWithoutLosers(client, wave, results, together);
    });
  } catch (error) {
    const cause = error instanceof CountersignError ? error.cause : error;
    if (!isDataError(cause)) throw error;
    if (wave.length === 1 || together) {
      // Of several, whose data it was is not known: dividing them would commit a part.
      for (const { place } of wave) results[place] = rejected(cause);
      return;
    }
    const half = Math.ceil(wave.length / 2);
    await commitWave(pool, wave.slice(0, half), results, together);
    await commitWave(pool, wave.slice(half), results, together);
  }
}

/** One transaction for all; false, and nothing written, where one of them conflicts with what is committed. */
async function attempt(
  client: pg.PoolClient,
  batch: readonly EncodedChange[],
  results: Results,
): Promise<boolean> {
  const { begun, streams, written } = inOnePacket(client, () => ({
    begun: client.query('begin'),
    streams: lockStreams(client, batch),
    written: writeAll(client, batch),
  }));
  await Promise.allSettled([begun, streams, written]);
  try {
    await written;
  } catch (error) {
    // A row of another server's may also be in the way of one of ours: whose fault that is, is looked up next.
    if (isMissed(error) || isDataError(error)) return false;
    throw error;
  }
  await begun;
  report(await written, await streams, results);
  return true;
}

/** The same, but conflicts are found and left out first; changes that stay together are all left out with one of them. */
async function attemptWithoutLosers(
  client: pg.PoolClient,
  batch: readonly EncodedChange[],
  results: Results,
  together: boolean,
): Promise<void> {
  const [, streams] = await Promise.all([client.query('begin'), lockStreams(client, batch)]);
  const conflicts = await judge(client, batch, streams);
  const isVoid = together && conflicts.size > 0;
  const rest = isVoid ? [] : batch.filter(({ place }) => !conflicts.has(place));
  if (rest.length === 0) await client.query('rollback');
  else report(await writeAll(client, rest), streams, results);
  for (const [place, conflict] of conflicts) results[place] = conflict;
}

/** Sends all statements and the commit at once. Rejects with the first error, when the last answer has come. */
async function writeAll(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<Placed[]> {
  const { placed, growth } = placeAll(batch);
  const sent = [
    noneAppeared(client, batch),
    insertChanges(client, batch),
    insertStates(client, batch),
    updateStates(client, batch),
    followVersions(client, batch),
    noneMovedOn(client, batch),
    setEdges(client, batch),
    setTimers(client, batch),
    settleTimers(client, batch),
    claimKeys(client, placed),
    appendLog(client, placed),
    advanceStreams(client, growth),
  ];
  const [outcomes, ended] = await Promise.all([Promise.allSettled(sent), client.query('commit')]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  invariant(ended.command === 'COMMIT', 'a transaction in which every statement succeeded commits');
  return placed;
}

function report(placed: readonly Placed[], streams: ReadonlyMap<string, number>, results: Results): void {
  for (const { change, offset } of placed) {
    const end = streams.get(change.commit.tenant);
    invariant(end !== undefined, `the stream of tenant "${change.commit.tenant}" was locked`);
    results[change.place] = { ok: true, seq: end + offset };
  }
}

function rejected(error: unknown) {
  const reason = error instanceof Error ? error : new Error(String(error));
  return { ok: false, conflict: 'rejected', error: reason } as const;
}
