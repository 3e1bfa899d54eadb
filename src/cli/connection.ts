/**
 * Finds the server and a token for it: what the command line or the environment name, else what the local server
 * wrote into its data directory (`server.json`, `token`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CountersignError } from '../errors.ts';
import type { Target } from './http.ts';
import type { Io } from './io.ts';

/** What every command takes. */
export interface Common {
  readonly json?: boolean;
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
  /** Who to be on the local development server, with which roles: `ada:reviewer,lead`. */
  readonly as?: string;
}

const DIRECTORY = '.countersign';

/** The server to talk to. Throws SERVER_UNREACHABLE where none is known, UNAUTHENTICATED where there is no token for it. */
export function findServer({ env, cwd }: Pick<Io, 'env' | 'cwd'>, common: Common): Target {
  const directory = dataDirectory({ env, cwd }, common);
  const local = directory === undefined ? undefined : localServer(directory);
  const named = common.url ?? nonEmpty(env.COUNTERSIGN_URL);
  if (named === undefined && local === undefined) throw nowhere(cwd, directory);
  const url = named === undefined ? (local as URL) : parseUrl(named);
  const given = common.token ?? nonEmpty(env.COUNTERSIGN_TOKEN);
  if (given !== undefined) return { url, token: checked(given) };
  // The development token opens the local server; no other machine gets to see it.
  if (directory !== undefined && (isLoopback(url) || url.origin === local?.origin)) {
    const token = readIfThere(join(directory, 'token'));
    if (token !== undefined) return { url, token: checked(token) };
  }
  throw new CountersignError('UNAUTHENTICATED', `There is no token for ${url.origin}.`, {
    hint: 'Give one with --token or COUNTERSIGN_TOKEN; "countersign token" makes one for development.',
  });
}

/** Where the local server keeps its data: named, or the nearest `.countersign` from here upwards. */
export function dataDirectory({ env, cwd }: Pick<Io, 'env' | 'cwd'>, { data }: Common): string | undefined {
  const named = data ?? nonEmpty(env.COUNTERSIGN_DATA);
  if (named !== undefined) return resolve(cwd, named);
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const candidate = join(directory, DIRECTORY);
    if (existsSync(candidate)) return candidate;
    if (dirname(directory) === directory) return undefined;
  }
}

function localServer(directory: string): URL | undefined {
  const text = readIfThere(join(directory, 'server.json'));
  if (text === undefined) return undefined;
  try {
    return new URL(JSON.parse(text).url);
  } catch (cause) {
    throw new CountersignError('SERVER_UNREACHABLE', `${join(directory, 'server.json')} names no address.`, {
      cause,
      hint: 'Start the server again with "npm start", or name it with --url.',
    });
  }
}

function nowhere(cwd: string, directory: string | undefined): CountersignError {
  const where =
    directory === undefined
      ? `No ${DIRECTORY} directory was found from ${cwd} upwards`
      : `${directory} holds no server.json`;
  return new CountersignError('SERVER_UNREACHABLE', `${where}, so no local server is known.`);
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password)
    return url;
  throw new CountersignError('INVALID_INPUT', 'The address of the server is not a URL.', {
    hint: 'Give it like http://127.0.0.1:7400, without user or password.',
  });
}

/** A token that cannot stand in a header is refused here: the error of the HTTP library would print it. */
function checked(token: string): string {
  const trimmed = token.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new CountersignError('UNAUTHENTICATED', 'The token is empty or holds characters no token has.');
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read.`, { cause });
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
