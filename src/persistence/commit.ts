/**
 * Group commit: what many steps decided becomes durable in one transaction, or for those that lost not at all.
 *
 * Everything is written first and judged by what the database let through. If some changes lost (another server moved
 * them on, a key is taken), the transaction is rolled back and repeated without them; that is rare. If the database
 * refuses the data themselves, the batch is halved until the bad change stands alone.
 */
import type pg from 'pg';
import { CountersignError, invariant } from '../errors.ts';
import { advanceStreams, appendLog, claimKeys, type Placed, setTimers, settleTimers } from './commit-rows.ts';
import { checkRefusals, createChanges, type Losers, lockStreams, updateStates } from './commit-steps.ts';
import { type EncodedChange, encodeChange } from './encode.ts';
import { isDataError } from './failures.ts';
import { withClient } from './pools.ts';
import type { ChangeCommit, CommitResult } from './records.ts';

/** Commits a batch; results stand in its order. Throws STORE_UNAVAILABLE: then the outcome is unknown. */
export async function commitBatch(pool: pg.Pool, changes: readonly ChangeCommit[]): Promise<CommitResult[]> {
  const results = new Array<CommitResult | undefined>(changes.length);
  let waiting = encodeAll(changes, results);
  while (waiting.length > 0) {
    const { wave, later } = nextWave(waiting);
    await commitWave(pool, wave, results);
    waiting = later;
  }
  return results.map((result) => {
    invariant(result, 'every change of a batch has a result');
    return result;
  });
}

function encodeAll(changes: readonly ChangeCommit[], results: (CommitResult | undefined)[]): EncodedChange[] {
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
  const wave: EncodedChange[] = [];
  const later: EncodedChange[] = [];
  for (const encoded of changes) {
    const names = claims(encoded.commit);
    if (names.some((name) => taken.has(name))) {
      later.push(encoded);
      continue;
    }
    for (const name of names) taken.add(name);
    wave.push(encoded);
  }
  return { wave, later };
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
  results: (CommitResult | undefined)[],
): Promise<void> {
  let batch = wave;
  while (batch.length > 0) {
    try {
      const losers = await withClient(pool, 'commit', (client) => transaction(client, batch, results));
      if (losers.size === 0) return;
      for (const [place, result] of losers) results[place] = result;
      batch = batch.filter(({ place }) => !losers.has(place));
    } catch (error) {
      const cause = error instanceof CountersignError ? error.cause : error;
      if (!isDataError(cause)) throw error;
      const [only] = batch;
      if (batch.length === 1 && only) {
        results[only.place] = rejected(cause);
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await commitWave(pool, batch.slice(0, half), results);
      batch = batch.slice(half);
    }
  }
}

/** One attempt. Returns who lost; nothing was committed unless nobody did. */
async function transaction(
  client: pg.PoolClient,
  batch: readonly EncodedChange[],
  results: (CommitResult | undefined)[],
): Promise<Losers> {
  const losers: Losers = new Map();
  await client.query('begin');
  const streams = await lockStreams(client, new Set(batch.map(({ commit }) => commit.tenant)));
  const { placed, ends } = placeIn(streams, batch, losers);
  if (losers.size === 0) {
    await createChanges(client, placed, losers);
    await updateStates(client, placed, losers);
    await checkRefusals(client, placed, losers);
    await claimKeys(client, placed, losers);
    await setTimers(client, placed);
    await settleTimers(client, placed, losers);
  }
  if (losers.size > 0) {
    await client.query('rollback');
    return losers;
  }
  await appendLog(client, placed);
  await advanceStreams(client, ends);
  await client.query('commit');
  for (const { place, seq } of placed) results[place] = { ok: true, seq };
  return losers;
}

/** Gives each entry its position: those that follow the stream's last one, in the order of the batch. */
function placeIn(streams: ReadonlyMap<string, number>, batch: readonly EncodedChange[], losers: Losers) {
  const ends = new Map(streams);
  const placed: Placed[] = [];
  for (const encoded of batch) {
    const { tenant, entries } = encoded.commit;
    const end = ends.get(tenant);
    if (end === undefined) {
      losers.set(encoded.place, rejected(new Error(`there is no tenant "${tenant}"`)));
      continue;
    }
    placed.push({ ...encoded, seq: end + 1 });
    ends.set(tenant, end + entries.length);
  }
  return { placed, ends };
}

function rejected(error: unknown) {
  const reason = error instanceof Error ? error : new Error(String(error));
  return { ok: false, conflict: 'rejected', error: reason } as const;
}
