/**
 * Gerrit's NoteDb: each change is a chain of commits at `refs/changes/NN/NNNN/meta`, whose footers say what happened
 * (Documentation/note-db.txt; `CommitMessageOutput` in ChangeUpdate.java). Fetch them with
 * `git fetch origin '+refs/changes/*:refs/changes/*'`.
 */
import { basename, resolve } from 'node:path';
import { openRepository } from '../../vcs/git/repository.ts';
import { contentOf } from './contents.ts';
import { gerritKey } from './gerrit.ts';
import { type GerritVote, sortVotes, usualMost } from './gerrit-votes.ts';
import { git, groupsOf } from './git-output.ts';
import type { HistoryRecord, HistorySource, RecordContent, Skip } from './record.ts';
import { recordOf } from './reviewed.ts';

const META = 'refs/changes/*/*/meta';
/** Chains read by one git; they come mixed, by date, and are kept until the last has ended. */
const BATCH = 100;
const FIELDS = ['%S', '%an', '%ae', '%aI', '%B'] as const;

export function noteDb(directory: string, project = basename(resolve(directory), '.git')): HistorySource {
  return {
    async count() {
      return (await metaRefs(directory)).length;
    },
    records: (skip = () => {}) => recordsIn(directory, project, skip),
  };
}

export async function metaRefs(directory: string): Promise<string[]> {
  let text = '';
  for await (const chunk of git(directory, ['for-each-ref', '--format=%(refname)', META])) text += chunk;
  return text.split('\n').filter(Boolean);
}

async function* recordsIn(directory: string, project: string, skip: Skip): AsyncGenerator<HistoryRecord> {
  const refs = await metaRefs(directory);
  const repository = await openRepository(directory);
  const patchSets = await patchSetsIn(directory);
  for (let start = 0; start < refs.length; start += BATCH) {
    const batch = refs.slice(start, start + BATCH);
    const chains = new Map(batch.map((ref) => [ref, [] as Meta[]]));
    const format = `--format=${FIELDS.join('%x00')}`;
    const options = ['log', '-z', '--reverse', '--topo-order', '--source', '--encoding=UTF-8', '--no-color'];
    const output = git(directory, [...options, '--no-notes', format, ...batch, '--']);
    for await (const [ref = '', name = '', email = '', at = '', message = ''] of groupsOf(
      output,
      FIELDS.length,
    ))
      chains.get(ref)?.push({ by: accountName(name, email), at, footers: footersOf(message) });
    for (const [ref, chain] of chains) {
      const contentAt = (patchSet: number) => {
        const found = patchSets.get(ref.replace(/meta$/, String(patchSet)));
        return found && !repository.shallow.has(found.commit)
          ? contentOf(repository, found.commit, found.parents)
          : undefined;
      };
      const record = recordOfChain(chain, project, contentAt, skip);
      if (record) yield record;
    }
  }
}

/** The commits of patch sets, by their refs: `refs/changes/NN/NNNN/2`. */
async function patchSetsIn(
  directory: string,
): Promise<ReadonlyMap<string, { readonly commit: string; readonly parents: readonly string[] }>> {
  let text = '';
  const format = '--format=%(refname) %(objectname) %(parent)';
  for await (const chunk of git(directory, ['for-each-ref', format, 'refs/changes/*/*/[0-9]*']))
    text += chunk;
  const lines = text.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [ref = '', commit = '', ...parents] = line.split(' ');
      return [ref, { commit, parents: parents.filter(Boolean) }];
    }),
  );
}

interface Meta {
  readonly by: string;
  readonly at: string;
  readonly footers: readonly (readonly [key: string, value: string])[];
}

/** What the footers have said so far. */
interface Told {
  readonly single: Map<string, string>;
  readonly votes: Map<string, GerritVote>;
  patchSet: number;
  withdrawnBy: string | undefined;
}

function recordOfChain(
  chain: readonly Meta[],
  project: string,
  contentAt: (patchSet: number) => RecordContent | undefined,
  skip: Skip,
): HistoryRecord | undefined {
  const [first] = chain;
  const last = chain.at(-1);
  const told: Told = { single: new Map(), votes: new Map(), patchSet: 0, withdrawnBy: undefined };
  for (const meta of chain) tell(told, meta, skip);
  const [changeId, branch, status] = ['Change-id', 'Branch', 'Status'].map((key) => told.single.get(key));
  if (!first || !last || !changeId || !branch) {
    skip('change without Change-id or branch');
    return undefined;
  }
  return recordOf(
    {
      project,
      key: gerritKey(branch, changeId),
      changeId,
      title: told.single.get('Subject') ?? '',
      author: first.by,
      createdAt: first.at,
      endedAt: last.at,
      content: contentAt(told.patchSet),
      ...sortVotes([...told.votes.values()], first.by, skip),
      ...(status === 'abandoned' && { withdrawnBy: told.withdrawnBy ?? null }),
    },
    skip,
  );
}

function tell(told: Told, { by, at, footers }: Meta, skip: Skip): void {
  const values = (key: string) => footers.filter(([each]) => each === key).map(([, value]) => value);
  const patchSet = Number.parseInt(values('Patch-set')[0] ?? '', 10);
  const status = values('Status').at(-1);
  // A new patch set takes the votes away but those that are copied; the one that submitting makes keeps them all.
  if (patchSet > told.patchSet && told.patchSet > 0 && status !== 'merged') {
    if (told.votes.size > 0) skip('vote for an earlier patch set', told.votes.size);
    told.votes.clear();
  }
  if (patchSet > told.patchSet) told.patchSet = patchSet;
  const isProgram = values('Tag').some((tag) => tag.startsWith('autogenerated:'));
  for (const text of [...values('Copied-Label'), ...values('Label')]) {
    const vote = voteOf(text, by);
    if (!vote) skip('vote that cannot be read');
    else if (vote.value === 0) told.votes.delete(`${vote.label} ${vote.by}`);
    else told.votes.set(`${vote.label} ${vote.by}`, { ...vote, at, isProgram });
  }
  if (status === 'abandoned') told.withdrawnBy = by;
  for (const key of ['Change-id', 'Branch', 'Status', 'Subject'])
    for (const value of values(key).slice(-1)) told.single.set(key, value);
}

/** `Code-Review=+2`, `-Code-Review` for one taken back, then perhaps `, <uuid>` and whose it is where not the author's. */
function voteOf(text: string, author: string): GerritVote | undefined {
  const [, removed, label, value = '0', rest = ''] =
    /^(-?)([\w-]+?)(?:=([+-]?\d+))?(?:[ ,](.*))?$/.exec(text) ?? [];
  if (label === undefined) return undefined;
  const [, name = '', email] = /(?:^|[\s,])([^<>,]*)<([^<>]+)>/.exec(rest) ?? [];
  const by = email === undefined ? author : accountName(name, email);
  return { label, value: removed ? 0 : Number(value), most: usualMost(label), by, at: null };
}

/** Accounts stand in NoteDb as `Gerrit User 1000001 <1000001@server>`; people are nowhere named. */
function accountName(name: string, email: string): string {
  const id = /^(\d+)@/.exec(email)?.[1];
  return id === undefined ? (email || name).toLowerCase() : `account-${id}`;
}

/** The last paragraph: `Key: value`, a line that begins with a space goes on with the value before. */
function footersOf(message: string): [string, string][] {
  const paragraph =
    message
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1) ?? '';
  const footers: [string, string][] = [];
  for (const line of paragraph.split('\n')) {
    const [, key, value = ''] = /^([A-Za-z][\w-]*):\s*(.*)$/.exec(line) ?? [];
    const before = footers.at(-1);
    if (key !== undefined) footers.push([key, value.trim()]);
    else if (before && /^\s/.test(line)) before[1] += ` ${line.trim()}`;
  }
  return footers;
}
