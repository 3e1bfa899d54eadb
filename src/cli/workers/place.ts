/** A worker's place among those that share a port, as its supervisor hands it over. */

/** Set by a supervisor for its workers, by nobody else. */
const VARIABLE = 'COUNTERSIGN_WORKER';

export interface Place {
  /** From 1. A worker that is started again keeps the place of the one that died. */
  readonly index: number;
  /** The shared one, never 0. */
  readonly port: number;
  /** This worker's alone. */
  readonly ownPort?: number;
}

/** What a worker tells when it serves. */
export interface Ready {
  readonly ready: { readonly url: string; readonly transport: string; readonly wakeUps: string };
}

/** What a supervisor tells its workers. */
export const STOP = 'stop';

export function environmentOf(place: Place): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(place) };
}

/** Undefined where this process is no worker. */
export function placeIn(env: Readonly<Record<string, string | undefined>>): Place | undefined {
  const text = env[VARIABLE];
  return text === undefined ? undefined : (JSON.parse(text) as Place);
}

export function isReady(message: unknown): message is Ready {
  return typeof message === 'object' && message !== null && 'ready' in message;
}
