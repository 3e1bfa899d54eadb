/** Puts hooks where git looks for them, and leaves those of others alone. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CountersignError } from '../../errors.ts';
import { commonDirectory, configValue } from '../../vcs/git/refs.ts';
import { gitIn, type Repository } from '../../vcs/git/repository.ts';
import { git } from '../../vcs/git/run.ts';
import { type HookName, MARK, scriptOf } from './scripts.ts';

export interface Installed {
  readonly hook: HookName;
  readonly path: string;
}

/** A repository, and where in it one stands: work trees may have hooks of their own. */
export interface Place {
  readonly repository: Repository;
  readonly directory: string;
}

/** Writes all of them, or none where one is somebody else's. */
export async function installHooks(
  place: Place,
  names: readonly HookName[],
  command: readonly string[],
  options: readonly string[],
): Promise<readonly Installed[]> {
  const directory = await hooksDirectory(place);
  const hooks = names.map((hook) => ({ hook, path: join(directory, hook) }));
  for (const { hook, path } of hooks) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined || text.includes(MARK)) continue;
    throw new CountersignError('INVALID_INPUT', `There is another ${hook} hook already: ${path}.`, {
      hint: `Put it aside and install again, or add to it what "countersign hook install" writes elsewhere.`,
    });
  }
  await mkdir(directory, { recursive: true });
  for (const { hook, path } of hooks) {
    await writeFile(path, scriptOf(hook, command, options));
    await chmod(path, 0o755);
  }
  return hooks;
}

export async function isBare(repository: Repository): Promise<boolean> {
  return (await configValue(repository, 'core.bare')) === 'true';
}

/** `core.hooksPath` as people set it; the one in force here is our own, by which no hook ever runs. */
async function hooksDirectory(place: Place): Promise<string> {
  const { repository } = place;
  const common = await commonDirectory(repository);
  const set = await gitIn(repository, [
    'config',
    '--null',
    '--show-scope',
    '--get-regexp',
    '^core\\.hookspath$',
  ]);
  const parts = set.toString('utf8').split('\0').filter(Boolean);
  let path: string | undefined;
  for (let at = 0; at + 1 < parts.length; at += 2)
    if (parts[at] !== 'command') path = parts[at + 1]?.split('\n').slice(1).join('\n');
  if (!path) return join(common, 'hooks');
  return resolve(await hooksRunIn(place, common), path.replace(/^~(?=\/)/, homedir()));
}

/** A relative `core.hooksPath` counts from where git runs hooks: the top of this work tree, or a bare repository itself. */
async function hooksRunIn({ repository, directory }: Place, common: string): Promise<string> {
  const top = await git(['-C', directory, 'rev-parse', '--show-toplevel']).catch(() => undefined);
  if (top) return top.toString('utf8').replace(/\n$/, '');
  return (await isBare(repository)) ? common : dirname(common);
}
