/**
 * A git repository as a review history, by the trailers a Gerrit code host leaves in commit messages: `Reviewed-by`,
 * `TryBot-Result`, `Change-Id` (git-interpret-trailers(1)). Merges are left out.
 */
import { spawn } from 'node:child_process';
import { basename, resolve } from 'node:path';
import { CountersignError, messageOf } from '../../errors.ts';
import type { HistoryRecord, HistorySource } from './record.ts';

/** Between the values of one field; fields and commits end with NUL, which no commit can hold. */
const UNIT = '\x1f';

const trailer = (key: string) => `%(trailers:key=${key},valueonly,unfold,separator=%x1f)`;

const FIELDS = [
  '%H',
  '%ae',
  '%an',
  '%aI',
  '%cI',
  '%s',
  trailer('Change-Id'),
  trailer('Reviewed-by'),
  trailer('TryBot-Result'),
  trailer('LUCI-TryBot-Result'),
] as const;

/** Configuration that would add output or run programs is switched off: the repository may be anybody's. */
const SAFE = ['-c', 'log.showSignature=false', '-c', 'core.fsmonitor=false', '-c', 'log.mailmap=false'];
const WHAT = ['--no-merges', 'HEAD', '--'];

export function gitHistory(directory: string, project = basename(resolve(directory), '.git')): HistorySource {
  return {
    async count() {
      let text = '';
      for await (const chunk of git(directory, ['rev-list', '--count', ...WHAT])) text += chunk;
      return Number(text);
    },
    async *records() {
      const format = `--format=${FIELDS.join('%x00')}`;
      const options = ['log', '-z', '--reverse', '--encoding=UTF-8', '--no-color', '--no-notes', format];
      for await (const fields of groups(git(directory, [...options, ...WHAT]), FIELDS.length))
        yield recordOf(fields, project);
    },
  };
}

/** Every `size` NUL-ended texts, as one list. */
async function* groups(chunks: AsyncIterable<string>, size: number): AsyncGenerator<string[]> {
  let rest = '';
  let group: string[] = [];
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      group.push(part);
      if (group.length < size) continue;
      yield group;
      group = [];
    }
  }
}

function recordOf(fields: readonly string[], project: string): HistoryRecord {
  const [commit = '', email = '', name = '', authored = '', committed = '', subject = ''] = fields;
  const [changeIds = '', reviewers = '', results = '', luciResults = ''] = fields.slice(6);
  const submittedAt = timeOf(committed) ?? new Date(0).toISOString();
  const authoredAt = timeOf(authored) ?? submittedAt;
  return {
    project,
    commit,
    changeId: values(changeIds).at(-1) ?? null,
    title: plain(subject).slice(0, 200) || commit.slice(0, 12),
    author: principal(`${name} <${email}>`),
    // Written after it was committed: the clock of the author was wrong.
    authoredAt: Date.parse(authoredAt) > Date.parse(submittedAt) ? submittedAt : authoredAt,
    submittedAt,
    area: /^([\w./,-]{1,100}):/.exec(subject)?.[1] ?? null,
    reviewedBy: values(reviewers).map(principal),
    tryBot: [...values(results), ...values(luciResults)].map(principal),
    files: null,
  };
}

function values(field: string): string[] {
  return field.split(UNIT).map(plain).filter(Boolean);
}

/** The address in `Name <address>`, in lower case; the whole text where there is none. */
function principal(text: string): string {
  const address = /<\s*([^<>\s]+)\s*>\s*$/.exec(text)?.[1] ?? text.replace(/<[^<>]*>\s*$/, '');
  return plain(address.toLowerCase()).slice(0, 200) || 'unknown';
}

/** Names and subjects come from strangers: no control characters, no space around. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
}

/** Commits may carry any number as their time; what is no date is left out. */
function timeOf(iso: string): string | undefined {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) || ms < 0 ? undefined : iso;
}

/** Runs git without a shell; its output as it comes. Throws FILE_UNREADABLE with what git said. */
async function* git(directory: string, args: readonly string[]): AsyncGenerator<string> {
  const child = spawn('git', ['-C', directory, ...SAFE, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(),
  });
  const ended = new Promise<number | null>((settle, reject) => {
    child.on('error', reject);
    child.on('close', settle);
  });
  ended.catch(() => {});
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(-500);
  });
  try {
    for await (const chunk of child.stdout.setEncoding('utf8')) yield chunk as string;
    if ((await ended) === 0) return;
  } catch (cause) {
    throw unreadable(directory, messageOf(cause), cause);
  } finally {
    child.kill();
  }
  throw unreadable(directory, complaint.trim());
}

/** Inside a hook the environment names another repository. */
function environment(): NodeJS.ProcessEnv {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...rest } = process.env;
  return { ...rest, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

function unreadable(directory: string, why: string, cause?: unknown): CountersignError {
  return new CountersignError('FILE_UNREADABLE', `${directory} cannot be read as a git repository: ${why}`, {
    cause,
    hint: 'Name a directory with a git repository that has at least one commit.',
  });
}
