/**
 * Readers: subscribers with a name, of whom it is remembered up to where they have acknowledged the log, whatever becomes
 * of their connections. Operators see who has left critical rows unacknowledged for too long (`GET /v1/readers`).
 */
import type { Principal } from '../../actors/commands.ts';
import type { ReaderRef, ReaderStore } from '../../persistence/reader-records.ts';
import type { CommandOf } from '../protocol.ts';

export interface Reader extends ReaderRef {
  readonly acknowledged: number;
}

/** The reader a subscription names; a new one owes nothing of what was there before it. Undefined where none is named. */
export async function openReader(
  readers: ReaderStore,
  { tenant, id: principal }: Principal,
  { reader: name, stream }: CommandOf<'subscribe'>,
  position: number,
): Promise<Reader | undefined> {
  if (name === undefined) return undefined;
  const spelled = stream.startsWith('change:') ? stream.toLowerCase() : stream;
  const ref = { tenant, principal, name, stream: spelled };
  return { ...ref, acknowledged: await readers.open(ref, position) };
}
