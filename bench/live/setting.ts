/** What the cases of the bench share: a PostgreSQL, a token, and how servers and clients are started. */
import type { Case } from '../figures.ts';
import type { Rig } from '../rig.ts';
import type { DialectName } from './dialects.ts';
import { ServerProcess } from './processes.ts';

/** What `COUNTERSIGN_LIVE_CLIENTS` says; each process may open 20,000 files on the machines we know. */
export const CLIENTS = Number(process.env.COUNTERSIGN_LIVE_CLIENTS ?? 10_000);
export const PROCESSES = 2;
export const EVENT_BYTES = 640;

export const KEY = 'a key for the bench that is long enough to be one';

export interface Setting {
  readonly rig: Rig;
  readonly protocols: string;
}

/** One or several cases of one subject. */
export type Subject = (setting: Setting) => AsyncIterable<Case>;

/** With a port, it is one that so many servers share. */
export async function startServer(
  { rig }: Setting,
  which: DialectName = 'countersign',
  { port, workers }: { readonly port?: number; readonly workers: number } = { workers: 1 },
): Promise<ServerProcess> {
  const server = new ServerProcess(workers);
  const { app } = rig.postgres;
  await server.ask(
    which === 'countersign'
      ? { do: 'start', app, key: KEY, port }
      : { do: 'start-baseline', name: which, bytes: EVENT_BYTES },
  );
  return server;
}

export const everybody = (
  { protocols }: Setting,
  server: ServerProcess,
  dialect: DialectName = 'countersign',
) => ({
  port: server.port,
  protocols,
  dialect,
  streams: ['tenant'],
});
