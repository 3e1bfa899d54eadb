/** `checkout`: a change into the work tree, by its commit where the repository has it, else by the diff that was stored. */
import { resolve } from 'node:path';
import { CountersignError } from '../../errors.ts';
import { refCommit } from '../../vcs/git/refs.ts';
import { openRepository, type Repository } from '../../vcs/git/repository.ts';
import type { Api } from '../api.ts';
import { patchOf } from '../checkout/patch.ts';
import {
  applied,
  branchFor,
  cleanWorkTree,
  indexTree,
  leave,
  switchTo,
  switchToNew,
} from '../checkout/work-tree.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { short } from '../recording/range.ts';
import { baseOf, projectOf } from '../recording/settings.ts';
import { done, type Result } from '../result.ts';
import type { Change, FileLines } from '../wire.ts';
import { filesOf, linesOf } from './diff.ts';

interface Options extends Common {
  readonly project?: string;
  readonly repository?: string;
  readonly base?: string;
}

export async function checkout(io: Io, options: Options, name: string): Promise<Result> {
  const directory = resolve(io.cwd, options.repository ?? '.');
  const repository = await openRepository(directory);
  const top = await cleanWorkTree(directory);
  const project = await projectOf(repository, options.project);
  return connected(io, options, async (api) => {
    const change = await findChange(api, name, project);
    const branch = (change.key && (await branchFor(change.key))) || `change/${change.id}`;
    const commit = change.revision?.commit ?? undefined;
    const isHere = commit !== undefined && (await refCommit(repository, commit)) !== undefined;
    return isHere
      ? byCommit(repository, top, branch, commit)
      : byDiff(api, repository, { top, branch, change, base: options.base });
  });
}

async function byCommit(
  repository: Repository,
  top: string,
  branch: string,
  commit: string,
): Promise<Result> {
  const stands = await refCommit(repository, `refs/heads/${branch}`);
  if (stands === undefined) await switchToNew(top, branch, commit);
  else if (stands === commit) await switchTo(top, branch);
  else
    throw otherBranch(
      branch,
      `it stands at ${short(stands)}, and the change was recorded as ${short(commit)}`,
    );
  return done({ branch, commit, from: 'commit' }, `${branch} is checked out at ${short(commit)}.`);
}

interface Aim {
  readonly top: string;
  readonly branch: string;
  readonly change: Change;
  readonly base: string | undefined;
}

async function byDiff(
  api: Api,
  repository: Repository,
  { top, branch, change, base: given }: Aim,
): Promise<Result> {
  const number = change.revision?.number;
  if (number === undefined)
    throw new CountersignError('NOT_FOUND', `The change ${change.key ?? change.id} has no revision yet.`, {
      hint: 'Its author brings one with "countersign record".',
    });
  if ((await refCommit(repository, `refs/heads/${branch}`)) !== undefined)
    throw otherBranch(branch, 'and the commit of the change is not in this repository');
  const files: FileLines[] = [];
  for (const { place } of await filesOf(api, change.id, number))
    files.push(await linesOf(api, change.id, number, place));
  const patch = patchOf(files);
  if (patch.kind === 'lost') throw unfetched(change, `its stored diff is no help: ${patch.why}`);
  const base = await baseOf(repository, given);
  await switchToNew(top, branch, base.commit);
  const complaint = files.length === 0 ? undefined : await applied(top, patch.text);
  if (complaint !== undefined) {
    await leave(top, branch);
    throw unfetched(change, `its stored diff does not apply to ${base.name}: ${complaint}`);
  }
  const isSame = (await indexTree(top)) === change.revision?.tree;
  const text = `${branch} is checked out at ${base.name}; the stored diff of revision ${number} is applied and staged, not committed.`;
  const remark = isSame
    ? 'The files are those that were recorded.'
    : `Files outside the diff may differ from those that were recorded, for ${base.name} is another base.`;
  return done({ branch, commit: base.commit, from: 'diff', same_tree: isSame }, `${text}\n${remark}`);
}

function otherBranch(branch: string, why: string): CountersignError {
  return new CountersignError('INVALID_INPUT', `There is a branch ${branch} already, ${why}.`, {
    hint: `Rename it ("git branch -m ${branch} NEW") or delete it, then check out again.`,
  });
}

function unfetched({ key, id, revision }: Change, why: string): CountersignError {
  const commit = revision?.commit ? short(revision.commit) : 'its commit';
  return new CountersignError(
    'FILE_UNREADABLE',
    `${commit} of the change ${key ?? id} is not in this repository, and ${why}.`,
    { hint: 'Fetch the commit, or name the commit it was made on with --base.' },
  );
}
