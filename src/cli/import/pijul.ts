/**
 * Changes of Atomic and Pijul, which know no reviews: a log in JSON, or the text of one change in a file that is named by
 * its hash. What comes of it is under review from its start, and waits.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { CountersignError, messageOf } from '../../errors.ts';
import { readChange } from '../../vcs/pijul/change.ts';
import { isHash } from '../../vcs/pijul/hash.ts';
import { loggedChange } from '../../vcs/pijul/log.ts';
import type { LoggedChange, Revision } from '../../vcs/pijul/revision.ts';
import { objectsOf } from './objects.ts';
import type { HistoryRecord, HistorySource, Skip } from './record.ts';
import { recordOf } from './reviewed.ts';

export function pijulChanges(path: string, project = basename(dirname(resolve(path)))): HistorySource {
  const hash = hashIn(path);
  const changes = hash === undefined ? logged(path) : printed(path, hash);
  async function* records(skip: Skip): AsyncGenerator<HistoryRecord> {
    for await (const change of changes()) {
      const record = recordOfChange(change, project, skip);
      if (record) yield record;
    }
  }
  return {
    async count() {
      let count = 0;
      for await (const _ of records(() => {})) count += 1;
      return count;
    },
    records: (skip = () => {}) => records(skip),
  };
}

/** The hash by which a file is named, whatever its ending. */
export function hashIn(path: string): string | undefined {
  const name = basename(path, extname(path));
  return isHash(name) ? name : undefined;
}

function logged(path: string): () => AsyncIterable<LoggedChange> {
  return async function* () {
    for await (const { line, value } of objectsOf(path)) yield loggedChange(value, `${path}:${line}`);
  };
}

function printed(path: string, hash: string): () => AsyncIterable<Revision> {
  return async function* () {
    yield readChange(await textOf(path), { hash });
  };
}

function recordOfChange(
  change: LoggedChange | Revision,
  project: string,
  skip: Skip,
): HistoryRecord | undefined {
  const [author] = change.authors;
  const record = recordOf(
    {
      project,
      key: change.hash,
      title: change.message.split('\n')[0] ?? '',
      author: author?.email?.toLowerCase() ?? author?.name ?? author?.key ?? '',
      createdAt: change.timestamp ?? '',
      endedAt: change.timestamp ?? '',
      files: change.paths.length || null,
      reviews: [],
      checks: [],
    },
    skip,
  );
  if (!record || !('dependencies' in change)) return record;
  // Only what the change builds on: the others say what was known, or what was newest, when it was recorded.
  const dependsOn = change.dependencies.filter(({ used }) => used).map(({ hash }) => hash);
  return { ...record, dependsOn };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
