/** One structured log for the process, on stderr; secrets are redacted by name. */
import { destination, type Logger, pino } from 'pino';

export type { Logger };

const SECRETS = ['token', 'authorization', 'password', 'secret', 'key', 'DATABASE_URL', 'REDIS_URL'];

/** A logger that writes JSON lines to stderr; `level` is one of pino's, "silent" included. */
export function createLogger(level: string): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`]);
  return pino({ level, redact: { paths, censor: '[redacted]' } }, destination({ fd: 2, sync: false }));
}
