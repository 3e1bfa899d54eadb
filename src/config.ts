/**
 * Configuration: every environment variable the server reads, in one table. `docs/configuration.md` is held to it by a
 * test. A bad value is refused at start with the variable's name and what it may be.
 */
import { resolve } from 'node:path';
import { CountersignError, type Issue } from './errors.ts';

interface Variable<T> {
  readonly about: string;
  /** What a value may be, as a phrase that follows "must be". */
  readonly allowed: string;
  /** As written in the documentation; what `parse` makes of an absent variable. */
  readonly fallback: string;
  /** Undefined for a value that is not allowed. Called with '' for an absent or empty variable. */
  readonly parse: (text: string) => T | undefined;
}

export const VARIABLES = {
  DATABASE_URL: {
    about: 'PostgreSQL 13 or newer. Absent: "dev" runs an embedded PostgreSQL; "serve" refuses to start.',
    allowed: 'a URL that starts with postgres:// or postgresql://',
    fallback: 'none',
    // Not a URL for everybody: "postgresql://user@/db?host=/run/postgresql" names a socket and no host.
    parse: (text: string) => (text === '' ? null : /^postgres(ql)?:\/\/\S+$/.test(text) ? text : undefined),
  },
  REDIS_URL: {
    about: 'Redis for BullMQ, with maxmemory-policy noeviction. Absent: BullMQ runs on PostgreSQL.',
    allowed: 'a URL that starts with redis:// or rediss://',
    fallback: 'none',
    parse: (text: string) =>
      text === '' ? null : /^rediss?:\/\/\S+$/.test(text) && URL.canParse(text) ? text : undefined,
  },
  PORT: {
    about: 'Port of HTTP and WebSocket; 0 takes any free one.',
    allowed: 'a whole number from 0 to 65535',
    fallback: '7400',
    parse: wholeNumber(0, 65_535, 7_400),
  },
  HOST: {
    about: 'Address to listen on; 0.0.0.0 for all of them.',
    allowed: 'a host name or an address',
    fallback: '127.0.0.1',
    parse: (text: string) => (/^[\w.:-]*$/.test(text) ? text || '127.0.0.1' : undefined),
  },
  COUNTERSIGN_DATA: {
    about:
      'Directory of the embedded PostgreSQL, the development key and the token; the command line looks there too.',
    allowed: 'a path',
    fallback: '.countersign',
    parse: (text: string) => resolve(text || '.countersign'),
  },
  COUNTERSIGN_TRANSPORT: {
    about: 'uws is uWebSockets.js, node the portable transport; auto takes uws where it has a binary.',
    allowed: 'auto, uws or node',
    fallback: 'auto',
    parse: oneOf(['auto', 'uws', 'node'], 'auto'),
  },
  COUNTERSIGN_LOG_LEVEL: {
    about: 'How much is logged, to stderr.',
    allowed: 'fatal, error, warn, info, debug, trace or silent',
    fallback: 'info',
    parse: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  },
  COUNTERSIGN_JWT_KEY: {
    about:
      'Shared key for HS256 tokens. "dev" makes one itself where neither this nor COUNTERSIGN_JWKS is set.',
    allowed: 'at least 32 characters',
    fallback: 'none',
    parse: (text: string) => (text === '' ? null : text.length >= 32 ? text : undefined),
  },
  COUNTERSIGN_JWKS: {
    about: 'Public keys of the identity provider (RFC 7517), for tokens signed with RS256, ES256 or EdDSA.',
    allowed: 'an https:// URL, an http:// URL of this machine, or a path to a file',
    fallback: 'none',
    parse: (text: string) =>
      /^http:\/\/(?!(localhost|127\.|\[::1\]))/.test(text) ? undefined : text || null,
  },
  COUNTERSIGN_JWT_ISSUER: {
    about: 'Required "iss" of tokens, where set.',
    allowed: 'any text',
    fallback: 'none',
    parse: (text: string) => text || null,
  },
  COUNTERSIGN_JWT_AUDIENCE: {
    about: 'Required "aud" of tokens, where set.',
    allowed: 'any text',
    fallback: 'none',
    parse: (text: string) => text || null,
  },
  COUNTERSIGN_ORIGINS: {
    about: 'Origins of web pages that may open a WebSocket, besides the server itself.',
    allowed: 'origins like https://review.example.com, separated by commas',
    fallback: 'none',
    parse: (text: string) => {
      const origins = text.split(',').map((each) => each.trim());
      const given = origins.filter((each) => each !== '');
      return given.every((each) => URL.canParse(each) && new URL(each).origin === each) ? given : undefined;
    },
  },
  COUNTERSIGN_BATCH_SIZE: {
    about: 'Commands per commit, at most. More raise throughput and latency.',
    allowed: 'a whole number from 1 to 4096',
    fallback: '128',
    parse: wholeNumber(1, 4_096, 128),
  },
  COUNTERSIGN_MAX_WAITING: {
    about: 'Commands that may wait before further ones get TOO_BUSY.',
    allowed: 'a whole number from 1 to 1000000',
    fallback: '20000',
    parse: wholeNumber(1, 1_000_000, 20_000),
  },
  COUNTERSIGN_IDLE_ACTORS: {
    about: 'Changes kept in memory though nothing happens to them; others are loaded when something does.',
    allowed: 'a whole number from 1 to 1000000',
    fallback: '20000',
    parse: wholeNumber(1, 1_000_000, 20_000),
  },
  COUNTERSIGN_OVERDUE_AFTER_S: {
    about: 'Seconds after which a reader that has not acknowledged a critical row is reported as overdue.',
    allowed: 'a whole number from 1 to 31536000',
    fallback: '900',
    parse: wholeNumber(1, 31_536_000, 900),
  },
} as const satisfies Record<string, Variable<unknown>>;

type Name = keyof typeof VARIABLES;

export type Config = {
  readonly [N in Name]: Exclude<ReturnType<(typeof VARIABLES)[N]['parse']>, undefined>;
};

/** Reads all variables. Throws CONFIG_INVALID that names every bad one and what it may be. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const issues: Issue[] = [];
  const entries = Object.entries(VARIABLES).map(([name, { allowed, parse }]) => {
    const value = parse(env[name]?.trim() ?? '');
    // The value stays out of the message: it may be a secret.
    if (value === undefined) issues.push({ path: name, message: `must be ${allowed}` });
    return [name, value];
  });
  if (issues.length > 0) {
    const sentences = issues.map(({ path, message }) => `${path} ${message}`);
    throw new CountersignError('CONFIG_INVALID', `${sentences.join('; ')}.`, { issues });
  }
  return Object.fromEntries(entries) as Config;
}

function wholeNumber(least: number, most: number, fallback: number) {
  return (text: string): number | undefined => {
    if (text === '') return fallback;
    const value = Number(text);
    return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
  };
}

function oneOf<const T extends string>(values: readonly T[], fallback: T) {
  return (text: string): T | undefined => (text === '' ? fallback : values.find((value) => value === text));
}
