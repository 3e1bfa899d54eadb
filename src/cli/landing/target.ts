/** The branch that changes land on: `--onto`, what the repository remembers, else the branch they are recorded against. */
import { CountersignError } from '../../errors.ts';
import { checkedOutAt, configValue, refCommit } from '../../vcs/git/refs.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import { shortName } from '../recording/settings.ts';

export async function targetOf(repository: Repository, given?: string): Promise<string> {
  const named = given ?? (await configValue(repository, 'countersign.onto'));
  const base = await configValue(repository, 'countersign.base');
  const candidates = named === undefined ? [base, 'main', 'master'] : [named];
  for (const name of candidates) {
    const ref = name?.startsWith('refs/') ? name : `refs/heads/${name}`;
    if (name !== undefined && (await refCommit(repository, ref)) !== undefined) return ref;
  }
  const what =
    named === undefined ? 'It is not known which branch to land on' : `There is no branch ${named}`;
  throw new CountersignError('INVALID_INPUT', `${what}.`, {
    hint: 'Name a local branch with --onto, or once with "git config countersign.onto main".',
  });
}

/** A branch that is checked out would move away under its work tree, whose files would then look edited. */
export async function requireFree(repository: Repository, target: string): Promise<void> {
  const place = await checkedOutAt(repository, target);
  if (place === undefined) return;
  throw new CountersignError(
    'INVALID_INPUT',
    `${shortName(target)} is checked out at ${place}, and landing would move it without its files.`,
    { hint: 'Switch to another branch there ("git switch -"), or land in a bare repository.' },
  );
}
