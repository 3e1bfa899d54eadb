/** What a repository does with a push, against a server that knows these changes. */
import { describe, expect, it } from 'vitest';
import type { Api } from '../../src/cli/api.ts';
import { receive } from '../../src/cli/hooks/receive.ts';
import type { Change, Proposal } from '../../src/cli/wire.ts';
import { CountersignError, type Refusal } from '../../src/errors.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { readRevisions } from '../../src/vcs/git/revisions.ts';
import { makeRepository } from '../vcs/repository.ts';

type Answer = Partial<Refusal> | 'allowed' | CountersignError;

/** A stack I1 … In on `work`, all of it recorded as it stands; `answers` says what the server answers to "may it be applied?". */
async function stackOf(answers: Readonly<Record<string, Answer>>) {
  const made = makeRepository();
  const base = made.commit({ f: 'base\n' });
  made.git('config', 'countersign.definition', 'D');
  made.git('config', 'countersign.project', 'web');
  made.git('config', 'countersign.protected', 'refs/heads/main');
  made.git('switch', '--quiet', '-c', 'work');
  const keys = Object.keys(answers);
  const commits = keys.map((key) => made.commit({ f: `${key}\n` }, `${key}\n\nChange-Id: ${key}\n`));
  const repository = await openRepository(made.directory);
  const revisions = await readRevisions(repository, commits);
  const changes = keys.map((key, at) => {
    const { commit, tree, patchId: patch_id } = revisions[at] ?? {};
    const enabled = [{ trigger: 'apply', to: 'Applied', refusal: null }];
    const revision = { number: 1, uploader: 'u', commit, tree, patch_id };
    return { id: key, key, definition: 'D', outcome: null, state: 'Approved', enabled, revision };
  }) as unknown as Change[];
  const proposed: Proposal[] = [];
  const api = {
    changes: async ({ key }: { key: string }) => ({ items: changes.filter((each) => each.key === key) }),
    change: async (id: string) => changes.find((each) => each.id === id),
    definition: async () => ({ definition: { states: { Applied: { final: 'applied' } } } }),
    question: async (id: string) => {
      const answer = answers[id];
      if (answer instanceof CountersignError) throw answer;
      if (answer === 'allowed') return { allowed: true, outcome: 'applied', refusal: null };
      return { allowed: false, outcome: null, refusal: { message: 'No.', accepted: [], ...answer } };
    },
    propose: async (proposal: Proposal) => {
      proposed.push(proposal);
      return { ok: false, refusal: { code: 'FORBIDDEN', message: 'Not here.', accepted: [] } };
    },
  } as unknown as Api;
  const push = (ref: string, next: string, old: string | null = null) => ({ ref, next, old });
  const received = async (...pushed: ReturnType<typeof push>[]) =>
    (await receive(api, repository, pushed)).map(({ ref, problems }) => [ref, ...problems].join(': '));
  return { ...made, base, commits, proposed, push, received };
}

const needs = (...accepted: string[]): Partial<Refusal> => ({ code: 'DEPENDENCY_OPEN', accepted });

describe('a protected branch', () => {
  const pushed = async (answers: Readonly<Record<string, Answer>>) => {
    const { base, commits, push, received } = await stackOf(answers);
    return received(push('refs/heads/main', commits.at(-1) ?? '', base));
  };

  it('takes a stack whose commits only wait for each other, also in a circle', async () => {
    expect(await pushed({ I1: 'allowed', I2: needs('I1'), I3: needs('I1', 'I2') })).toEqual([
      'refs/heads/main',
    ]);
    expect(await pushed({ I1: needs('I2'), I2: needs('I1') })).toEqual(['refs/heads/main']);
  });

  it('takes none that waits for one which is not let in, or which is not pushed', async () => {
    const [said] = await pushed({ I1: { code: 'NOT_ENABLED' }, I2: needs('I1'), I3: needs('I2') });
    for (const key of ['I1', 'I2', 'I3']) expect(said).toContain(`${key} may not be applied`);
    expect((await pushed({ I1: 'allowed', I2: needs('I1', 'I0') }))[0]).toContain('I2 may not be applied');
  });

  it('takes nothing where the server cannot be asked', async () => {
    const away = new CountersignError('TOO_BUSY', 'The database is away.');
    await expect(pushed({ I1: away })).rejects.toBe(away);
  });
});

describe('commits that are pushed for review', () => {
  it('are not recorded where another ref of the same push is refused', async () => {
    const { git, commit, commits, proposed, push, received } = await stackOf({ I1: 'allowed' });
    git('switch', '--quiet', '-c', 'other', 'main');
    const fresh = commit({ g: 'x\n' }, 'new\n\nChange-Id: I7\n');
    const nameless = commit({ h: 'x\n' }, 'nameless');
    git('branch', 'release', 'main');
    const said = await received(push('refs/for/main', fresh), push('refs/for/release', nameless));
    expect(said.join('\n')).toContain('"nameless" has no Change-Id');
    expect(proposed).toEqual([]);
    expect(await received(push('refs/for/main', fresh))).toEqual([
      'refs/for/main: I7 was not recorded: Not here.',
    ]);
    expect(commits).toHaveLength(1);
  });

  it('are not recorded where the server has something against those of another ref', async () => {
    const answers: Readonly<Record<string, Answer>> = {
      I1: { code: 'CHANGE_CLOSED', message: 'It is over.' },
    };
    const { git, commit, proposed, push, received } = await stackOf(answers);
    git('switch', '--quiet', '-c', 'other', 'main');
    const fresh = commit({ g: 'x\n' }, 'new\n\nChange-Id: I7\n');
    git('switch', '--quiet', '-c', 'again', 'main');
    const amended = commit({ f: 'anew\n' }, 'I1\n\nChange-Id: I1\n');
    git('branch', 'release', 'main');
    expect(await received(push('refs/for/main', fresh), push('refs/for/release', amended))).toEqual([
      'refs/for/main',
      'refs/for/release: I1 would not be recorded: It is over.',
    ]);
    expect(proposed).toEqual([]);
  });

  it('may be pushed as a tag with a message', async () => {
    const { git, commit, proposed, push, received } = await stackOf({ I1: 'allowed' });
    git('switch', '--quiet', '-c', 'other', 'main');
    commit({ g: 'x\n' }, 'new\n\nChange-Id: I7\n');
    git('tag', '--annotate', '-m', 'tag', 'ready');
    await received(push('refs/for/main', git('rev-parse', 'ready')));
    expect(proposed.map(({ key }) => key)).toEqual(['I7']);
  });
});
