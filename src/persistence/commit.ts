/**
 * Group commit: what many steps decided becomes durable in one transaction.
 *
 * An attempt writes everything and counts rows. If some are missing (another server moved a change on, a key is
 * taken), it is rolled back and repeated once: now the conflicts are looked up first, under the lock that makes the
 * answer final, and the rest is written. If the database refuses the data themselves, the batch is halved until the
 * bad change stands alone.
 */
import type pg from 'pg';
import { CountersignError, invariant } from '../errors.ts';
import { advanceStreams, appendLog, claimKeys, type Placed } from './commit-log.ts';
import { insertChanges, insertStates, lockStreams, updateStates } from './commit-states.ts';
import { setTimers, settleTimers } from './commit-timers.ts';
import { type EncodedChange, encodeChange } from './encode.ts';
import { isDataError } from './failures.ts';
import { judge, movedOn } from './judge.ts';
import { withClient } from './pools.ts';
import type { ChangeCommit, CommitResult } from './records.ts';

type Results = (CommitResult | undefined)[];

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

async function commitWave(pool: pg.Pool, wave: readonly EncodedChange[], results: Results): Promise<void> {
  try {
    await withClient(pool, 'commit', async (client) => {
      if (!(await attempt(client, wave, results))) await attemptWithoutLosers(client, wave, results);
    });
  } catch (error) {
    const cause = error instanceof CountersignError ? error.cause : error;
    if (!isDataError(cause)) throw error;
    const [only] = wave;
    if (wave.length === 1 && only) {
      results[only.place] = rejected(cause);
      return;
    }
    const half = Math.ceil(wave.length / 2);
    await commitWave(pool, wave.slice(0, half), results);
    await commitWave(pool, wave.slice(half), results);
  }
}

/** One transaction for all; false, and nothing written, where one of them conflicts with what is committed. */
async function attempt(
  client: pg.PoolClient,
  batch: readonly EncodedChange[],
  results: Results,
): Promise<boolean> {
  const [, streams, whole] = await Promise.all([
    client.query('begin'),
    lockStreams(client, batch),
    writeStates(client, batch),
  ]);
  const known = batch.every(({ commit }) => streams.has(commit.tenant));
  if (whole && known && (await writeLog(client, batch, streams, results))) return true;
  await client.query('rollback');
  return false;
}

/** The same, but conflicts are found and left out first. */
async function attemptWithoutLosers(
  client: pg.PoolClient,
  batch: readonly EncodedChange[],
  results: Results,
): Promise<void> {
  const [, streams] = await Promise.all([client.query('begin'), lockStreams(client, batch)]);
  const conflicts = await judge(client, batch, streams);
  const rest = batch.filter(({ place }) => !conflicts.has(place));
  if (rest.length > 0) {
    const whole = (await writeStates(client, rest)) && (await writeLog(client, rest, streams, results));
    invariant(whole, 'under the lock on its streams a judged batch has no conflicts');
  } else {
    await client.query('rollback');
  }
  for (const [place, conflict] of conflicts) results[place] = conflict;
}

/** Sends all statements at once; true where each wrote what it was to write. */
async function writeStates(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<boolean> {
  const refusals = batch.filter(({ commit }) => commit.state === null);
  const whole = await Promise.all([
    insertChanges(client, batch),
    insertStates(client, batch),
    updateStates(client, batch),
    // A refusal counts only for the version it was judged on.
    movedOn(client, refusals).then((places) => places.length === 0),
    setTimers(client, batch),
    settleTimers(client, batch),
  ]);
  return whole.every(Boolean);
}

/** Takes positions, writes the log and commits; false, without committing, where an idempotency key is taken. */
async function writeLog(
  client: pg.ClientBase,
  batch: readonly EncodedChange[],
  streams: ReadonlyMap<string, number>,
  results: Results,
): Promise<boolean> {
  const { placed, ends } = placeIn(streams, batch);
  const [claimed] = await Promise.all([
    claimKeys(client, placed),
    appendLog(client, placed),
    advanceStreams(client, ends),
  ]);
  if (!claimed) return false;
  const { command } = await client.query('commit');
  invariant(command === 'COMMIT', 'a transaction in which every statement succeeded commits');
  for (const { place, seq } of placed) results[place] = { ok: true, seq };
  return true;
}

/** Gives each entry its position: those that follow the stream's last one, in the order of the batch. */
function placeIn(streams: ReadonlyMap<string, number>, batch: readonly EncodedChange[]) {
  const ends = new Map<string, number>();
  const placed = batch.map((encoded): Placed => {
    const { tenant, entries } = encoded.commit;
    const end = ends.get(tenant) ?? streams.get(tenant);
    invariant(end !== undefined, `the stream of tenant "${tenant}" is locked`);
    ends.set(tenant, end + entries.length);
    return { ...encoded, seq: end + 1 };
  });
  return { placed, ends };
}

function rejected(error: unknown) {
  const reason = error instanceof Error ? error : new Error(String(error));
  return { ok: false, conflict: 'rejected', error: reason } as const;
}
