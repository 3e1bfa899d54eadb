/** `land`: approved changes onto a branch, in the order of what they depend on. */
import { resolve } from 'node:path';
import { CountersignError } from '../../errors.ts';
import { committerLine, withoutTrace } from '../../vcs/git/land.ts';
import { openRepository, type Repository } from '../../vcs/git/repository.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { type Landed, type Landing, landOne, nameOf } from '../landing/land-one.ts';
import { inOrder } from '../landing/order.ts';
import { plannedChanges } from '../landing/planned.ts';
import { readyChanges } from '../landing/ready.ts';
import { requireFree, targetOf } from '../landing/target.ts';
import { projectOf, shortName } from '../recording/settings.ts';
import type { Result } from '../result.ts';
import { stateText } from '../state-text.ts';
import { cell, type Paint, painter, table } from '../text.ts';

interface Options extends Common {
  readonly onto?: string;
  readonly project?: string;
  readonly repository?: string;
  readonly trigger?: string;
  readonly dryRun?: boolean;
}

export async function land(io: Io, options: Options, names: readonly string[]): Promise<Result> {
  const repository = await openRepository(resolve(io.cwd, options.repository ?? '.'));
  const target = await targetOf(repository, options.onto);
  const dryRun = options.dryRun === true;
  if (!dryRun) await requireFree(repository, target);
  const committer = await whoCommits(io, repository);
  const project = await projectOf(repository, options.project);
  return connected(io, options, async (api) => {
    const run = async (where: Repository) => {
      const landing: Landing = {
        api,
        repository: where,
        target,
        trial: undefined,
        dryRun,
        trigger: options.trigger,
        committer,
        results: new Map(),
      };
      await landAll(landing, project, names);
      return [...landing.results.values()];
    };
    const results = dryRun ? await withoutTrace(repository, run) : await run(repository);
    return resultOf(results, target, dryRun, painter(io));
  });
}

/** Those that were named; else whatever is ready, and what becomes ready by that. */
async function landAll(landing: Landing, project: string, names: readonly string[]): Promise<void> {
  const { api, results, target, trigger } = landing;
  const take = async (ids: readonly string[]) => {
    for (const id of ids) results.set(id, await landOne(landing, id));
  };
  if (names.length > 0) {
    const found = await Promise.all(names.map((name) => findChange(api, name, project)));
    return take(inOrder(found).map(({ id }) => id));
  }
  for (;;) {
    const reason = `Landed on ${shortName(target)}.`;
    const ready = await readyChanges(api, project, { reason, trigger });
    const next = ready.filter(({ id }) => !results.has(id));
    const fresh = next.length === 0 && landing.dryRun ? await plannedChanges(landing, project, reason) : next;
    if (fresh.length === 0) return;
    await take(inOrder(fresh).map(({ id }) => id));
  }
}

/** Git's own words where it does not know who commits here. */
async function whoCommits({ env }: Io, repository: Repository): Promise<string> {
  const names = ['GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'GIT_COMMITTER_DATE', 'EMAIL'] as const;
  const given = names.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  try {
    return await committerLine(repository, Object.fromEntries(given));
  } catch (cause) {
    throw new CountersignError('INVALID_INPUT', 'Git does not know who you are, and landing makes commits.', {
      cause,
      hint: 'Say it with "git config user.name" and "git config user.email".',
    });
  }
}

function resultOf(results: readonly Landed[], target: string, dryRun: boolean, paint: Paint): Result {
  const refused = results.filter(({ done }) => done === 'refused');
  const document = {
    onto: target,
    dry_run: dryRun,
    changes: results.map(({ change, done, how, commit, why }) => ({
      key: change.key,
      id: change.id,
      done,
      how,
      commit,
      state: change.state,
      outcome: change.outcome,
      why,
    })),
  };
  const rows = results.map((each) => [
    cell(nameOf(each.change), 42),
    { text: doneText(each, target, dryRun), paint: each.done === 'refused' ? paint.red : paint.green },
    cell(stateText(each.change.state), 40),
    cell(each.change.title, 50),
  ]);
  const text =
    results.length === 0
      ? 'Nothing is ready to land.'
      : table(paint, ['CHANGE', 'NOW', 'STATE', 'TITLE'], rows);
  const notes = results.flatMap(({ change, why }) => (why ? [`${nameOf(change)}: ${why}`] : []));
  return {
    documents: [document],
    text,
    ...(notes.length > 0 && { notice: notes.map((note) => cell(note, 1_000)).join('\n') }),
    exit: refused.length > 0 ? 1 : 0,
  };
}

/** `landed as 0123456789ab (picked)` */
function doneText({ done, how, commit }: Landed, target: string, dryRun: boolean): string {
  if (done === 'refused') return 'not landed';
  const id = commit?.slice(0, 12) ?? '';
  if (done === 'there') return `on ${shortName(target)} as ${id}`;
  if (dryRun) return how === 'follows' ? `would land as ${id}` : 'would land (picked)';
  return `landed as ${id}${how === 'picked' ? ' (picked)' : ''}`;
}
