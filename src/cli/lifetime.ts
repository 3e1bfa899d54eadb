/** How long a server lives: until a signal asks it to stop, twice to make it hurry, or until a part it needs is gone. */
import { CountersignError } from '../errors.ts';
import type { Logger } from '../log.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const PARENT_POLL_MS = 250;

/**
 * Closes on the first signal, exits at once on the second, after `hurry`. The process ends when nothing keeps it alive
 * any more.
 */
export function closeOnSignal(close: () => Promise<void>, log: Logger, hurry?: () => void): void {
  let closing = false;
  const stop = () => {
    if (closing) {
      hurry?.();
      process.exit(1);
    }
    closing = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the server did not stop cleanly');
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  if (process.env.npm_command !== undefined) whenOrphaned(stop);
}

/** npm and npx put a shell between themselves and us that dies of a signal without passing it on. */
function whenOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    stop();
  }, PARENT_POLL_MS).unref();
}

/** What the options of `serve` and `dev` say, as the variables they stand for. */
export interface ServerOptions {
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** What only `serve` can be told. */
export interface ServeOptions extends ServerOptions {
  readonly workers?: number;
  /** The first worker's own port; the others follow. */
  readonly workerPort?: number;
  /** Seconds. */
  readonly lead?: number;
}

/** Options win over the environment. */
export function environment({ port, host, data }: ServerOptions): Record<string, string | undefined> {
  return {
    ...process.env,
    ...(port !== undefined && { PORT: String(port) }),
    ...(host !== undefined && { HOST: host }),
    ...(data !== undefined && { COUNTERSIGN_DATA: data }),
  };
}

/** For what a configuration lacks: names the variable and what it is for. */
export function missing(variable: string, why: string): CountersignError {
  return new CountersignError('CONFIG_INVALID', `${variable} is not set: ${why}.`, {
    issues: [{ path: variable, message: why }],
  });
}
