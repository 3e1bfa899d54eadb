/** One structured log for the process, on stderr; secrets are redacted by name. */
import { destination, type Logger, pino } from 'pino';

export type { Logger };

const SECRETS = ['token', 'authorization', 'password', 'secret', 'key', 'DATABASE_URL', 'REDIS_URL'];

/** What of an error is logged: libraries hang whole connections on theirs. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  return {
    name,
    code: (error as { code?: unknown }).code,
    message,
    stack,
    ...(cause !== undefined && { cause: errorFields(cause) }),
  };
}

/** A logger that writes JSON lines to stderr; `level` is one of pino's, "silent" included. */
export function createLogger(level: string): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`]);
  const options = { level, redact: { paths, censor: '[redacted]' }, serializers: { err: errorFields } };
  return pino(options, destination({ fd: 2, sync: false }));
}
