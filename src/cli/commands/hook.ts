/** `hook`: writes hooks into a repository, and is itself the one that looks at what was pushed. */
import { resolve } from 'node:path';
import { packageFiles } from '../../package-files.ts';
import { openRepository } from '../../vcs/git/repository.ts';
import { connected } from '../connected.ts';
import { type Common, dataDirectory } from '../connection.ts';
import { installHooks, isBare } from '../hooks/install.ts';
import { pushedRefs } from '../hooks/pushed.ts';
import { receive } from '../hooks/receive.ts';
import type { HookName } from '../hooks/scripts.ts';
import type { Io } from '../io.ts';
import { documentOf } from '../recording/report.ts';
import { done, type Result } from '../result.ts';
import { stateText } from '../state-text.ts';
import { cell } from '../text.ts';

interface InstallOptions extends Common {
  readonly repository?: string;
  readonly record?: 'push' | 'commit';
  readonly server?: boolean;
}

export async function installHook(io: Io, options: InstallOptions): Promise<Result> {
  const directory = resolve(io.cwd, options.repository ?? '.');
  const repository = await openRepository(directory);
  const isServer = options.server ?? (await isBare(repository));
  const names: HookName[] = isServer ? ['pre-receive', 'post-receive'] : ['commit-msg'];
  if (options.record === 'push') names.push('pre-push');
  if (options.record === 'commit') names.push('post-commit');
  const command = [process.execPath, packageFiles.program];
  const installed = await installHooks({ repository, directory }, names, command, serverOptions(io, options));
  const lines = installed.map(({ hook, path }) => `${hook}  ${cell(path, 400)}`);
  return done({ hooks: installed }, lines.join('\n'));
}

/** What finds the server from where git runs hooks. A token is no part of a file: the environment or the data directory has it. */
function serverOptions(io: Io, options: InstallOptions): readonly string[] {
  const directory = dataDirectory(io, options);
  return [
    ...(options.url === undefined ? [] : ['--url', options.url]),
    ...(directory === undefined ? [] : ['--data', directory]),
  ];
}

/** Run by git in the repository that receives. `stdin`: the lines that git writes there. */
export async function receiveHook(io: Io, options: Common, stdin: AsyncIterable<Buffer>): Promise<Result> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  const pushed = pushedRefs(Buffer.concat(chunks).toString('utf8'));
  const repository = await openRepository(io.cwd, { inHook: true });
  return connected(io, options, async (api) => {
    const results = await receive(api, repository, pushed);
    const problems = results.flatMap((each) => each.problems.map((why) => `${each.ref}: ${why}`));
    const recorded = results.flatMap(({ recording }) => recording?.changes ?? []);
    const notes = results.flatMap(({ recording }) => recording?.notes ?? []);
    const lines = recorded.map(
      ({ key, done: what, change, title }) =>
        `${cell(key, 42)}  ${what}  ${change ? stateText(change.state) : '–'}  ${cell(title)}`,
    );
    const said = [...notes, ...problems].map((line) => cell(line, 1_000));
    return {
      documents: [
        {
          refs: results.map(({ ref, recording, problems: why }) => ({
            ref,
            problems: why,
            changes: recording ? documentOf(recording).changes : [],
          })),
        },
      ],
      text: lines.join('\n'),
      ...(said.length > 0 && { notice: said.join('\n') }),
      exit: problems.length > 0 ? 1 : 0,
    };
  });
}
