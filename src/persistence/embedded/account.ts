/** Whom PostgreSQL runs as. It refuses root, so root's server runs as "postgres" or "nobody", who must reach its files. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CountersignError } from '../../errors.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The account to run PostgreSQL as, or null where that is the one we run as ourselves. */
export function serverAccount(): Account | null {
  if (process.geteuid?.() !== 0) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const found = accounts.find(([name]) => name === wanted);
    if (found) return { name: wanted, uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new CountersignError(
    'POSTGRES_FAILED',
    'PostgreSQL refuses to run as root, and there is neither a "postgres" nor a "nobody" account to run it as',
    { hint: 'Run as another user, add a user "postgres", or set DATABASE_URL.' },
  );
}

/** Whether `account` can open each of these existing paths; asks the kernel as that user, so ACLs count too. */
export function canReach(account: Account | null, paths: readonly string[]): boolean {
  if (account === null) return true;
  const script = 'for path; do test -r "$path" && test -x "$path" || exit 1; done';
  const { status } = spawnSync('/bin/sh', ['-c', script, 'sh', ...paths], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}
