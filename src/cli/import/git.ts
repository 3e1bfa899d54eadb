/**
 * A git repository as a review history, by the trailers a Gerrit code host leaves in commit messages: `Reviewed-by`,
 * `TryBot-Result`, `Change-Id` (git-interpret-trailers(1)). Merges are left out.
 */
import { basename, resolve } from 'node:path';
import { openRepository, type Repository } from '../../vcs/git/repository.ts';
import { contentOf } from './contents.ts';
import { git, groupsOf } from './git-output.ts';
import { plain, timeOf } from './plain.ts';
import type { HistoryRecord, HistorySource } from './record.ts';

/** Between the values of one field; fields and commits end with NUL, which no commit can hold. */
const UNIT = '\x1f';

const trailer = (key: string) => `%(trailers:key=${key},valueonly,unfold,separator=%x1f)`;

const FIELDS = [
  '%H',
  '%P',
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

const WHAT = ['--no-merges', 'HEAD', '--'];

export function gitHistory(directory: string, project = basename(resolve(directory), '.git')): HistorySource {
  return {
    async count() {
      let text = '';
      for await (const chunk of git(directory, ['rev-list', '--count', ...WHAT])) text += chunk;
      return Number(text);
    },
    async *records() {
      const repository = await openRepository(directory);
      const format = `--format=${FIELDS.join('%x00')}`;
      const options = ['log', '-z', '--reverse', '--encoding=UTF-8', '--no-color', '--no-notes', format];
      for await (const fields of groupsOf(git(directory, [...options, ...WHAT]), FIELDS.length))
        yield recordOf(fields, project, repository);
    },
  };
}

function recordOf(fields: readonly string[], project: string, repository: Repository): HistoryRecord {
  const [commit = '', parents = '', email = '', name = '', authored = '', committed = ''] = fields;
  const [subject = '', changeIds = '', reviewers = '', results = '', luciResults = ''] = fields.slice(6);
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
    // Of the oldest commits of a shallow clone nobody can say what they changed.
    ...(!repository.shallow.has(commit) && {
      content: contentOf(repository, commit, parents.split(' ').filter(Boolean)),
    }),
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
