/** `record`: the commits of a branch as changes under review. */
import { resolve } from 'node:path';
import { openRepository } from '../../vcs/git/repository.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { identified } from '../recording/change-ids.ts';
import { rangeOf } from '../recording/range.ts';
import { documentOf, noticeOf, tableOf } from '../recording/report.ts';
import { definitionOf, projectOf, remember } from '../recording/settings.ts';
import { recordStack } from '../recording/stack.ts';
import type { Result } from '../result.ts';
import { painter } from '../text.ts';

interface Options extends Common {
  readonly definition?: string;
  readonly project?: string;
  readonly repository?: string;
  readonly base?: string;
  readonly attribute?: readonly string[];
  readonly rewrite: boolean;
}

export async function record(io: Io, options: Options, text?: string): Promise<Result> {
  const repository = await openRepository(resolve(io.cwd, options.repository ?? '.'));
  const definition = await definitionOf(repository, options.definition);
  const project = await projectOf(repository, options.project);
  const asked = await rangeOf(repository, text, options.base);
  return connected(io, options, async (api) => {
    const { range, rewritten } = await identified(repository, asked, options.rewrite);
    const aim = { definition, project, ...(options.attribute && { attributes: options.attribute }) };
    const recording = await recordStack(api, repository, range, aim);
    await remember(repository, options);
    const notice = noticeOf(recording, rewritten);
    const isEmpty = recording.changes.length === 0;
    return {
      documents: [{ project, base: range.base.commit, tip: range.tip, rewritten, ...documentOf(recording) }],
      text: isEmpty
        ? `Nothing to record: ${range.base.name} holds all of ${range.tipName}.`
        : tableOf(recording, painter(io)),
      ...(notice !== undefined && { notice }),
      exit: recording.changes.some(({ done }) => done === 'refused') ? 1 : 0,
    };
  });
}
