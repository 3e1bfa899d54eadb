/**
 * How a server leaves: it says that it is no longer ready while it still serves, takes nothing new, answers what it has
 * begun, tells every socket when to come back, and goes when they have gone.
 */
import type { InFlight } from './in-flight.ts';
import { stoppingIn } from './limits.ts';
import type { Session } from './session.ts';
import type { Transport } from './transport.ts';

/** Serving; serving while `/readyz` already says 503; answering only what was begun. */
export type Phase = 'serving' | 'leaving' | 'stopping';

export interface Leaving {
  readonly transport: Transport;
  readonly sessions: ReadonlySet<Session>;
  /** Commands that came over sockets. */
  readonly commands: InFlight;
  readonly sockets: InFlight;
  readonly enter: (phase: Phase) => void;
  /** How long load balancers get to notice that this server is not ready. */
  readonly leadMs: number;
  /** How long requests and commands in flight are waited for. */
  readonly graceMs: number;
}

/** Time for what is buffered, and for closing frames, to leave. */
const FAREWELL_MS = 1_000;
/** Clients come back spread over at least this, and at this rate where there are many, but not much later than others. */
const LEAST_SPREAD_MS = 1_000;
const RETURNS_PER_MS = 2;
const MOST_SPREAD_MS = 30_000;

export async function leave(leaving: Leaving): Promise<void> {
  const { transport, sessions, commands, sockets, enter, leadMs, graceMs } = leaving;
  enter('leaving');
  if (leadMs > 0) await new Promise((resolve) => setTimeout(resolve, leadMs));
  enter('stopping');
  transport.stopListening();
  await Promise.all([transport.idle(graceMs), commands.none(graceMs)]);
  const spread = spreadMs(sessions.size);
  for (const session of sessions) session.end(stoppingIn(Math.floor(Math.random() * spread)));
  await sockets.none(FAREWELL_MS);
  await transport.close();
}

/** Over how long so many clients come back. */
export function spreadMs(clients: number): number {
  return Math.min(Math.max(clients / RETURNS_PER_MS, LEAST_SPREAD_MS), MOST_SPREAD_MS);
}
