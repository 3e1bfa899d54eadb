/** Commits by the change they name: those whose Change-Id is this one, not those that only mention it or begin alike. */
import { gitStreamIn, type Repository } from './repository.ts';
import { CHANGE_IDS, changeIdIn } from './revisions.ts';
import { splitAtNul } from './run.ts';

/** Of what `tip` holds and `without` does not, newest first; `tip` and `without` are full ids. */
export async function commitsNaming(
  repository: Repository,
  changeId: string,
  { tip, without }: { readonly tip: string; readonly without?: string },
): Promise<readonly string[]> {
  const found: string[] = [];
  const grep = ['--fixed-strings', '--regexp-ignore-case', `--grep=${changeId}`];
  const format = ['-z', '--no-color', '--no-notes', '--encoding=UTF-8', `--format=%H%x00${CHANGE_IDS}`];
  const range = [tip, ...(without === undefined ? [] : [`^${without}`])];
  let commit: string | undefined;
  for await (const part of splitAtNul(gitStreamIn(repository, ['log', ...grep, ...format, ...range]))) {
    if (commit === undefined) commit = part.toString('latin1');
    else {
      if (changeIdIn(part.toString('utf8')) === changeId) found.push(commit);
      commit = undefined;
    }
  }
  return found;
}
