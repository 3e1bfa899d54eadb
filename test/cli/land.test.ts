/** Landing one change against a server that may say no at any time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Api } from '../../src/cli/api.ts';
import { type Landing, landOne } from '../../src/cli/landing/land-one.ts';
import { inOrder } from '../../src/cli/landing/order.ts';
import { readyChanges } from '../../src/cli/landing/ready.ts';
import type { Change, EventBody } from '../../src/cli/wire.ts';
import { CountersignError, type RefusalCode } from '../../src/errors.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { readRevisions } from '../../src/vcs/git/revisions.ts';
import { makeRepository } from '../vcs/repository.ts';

type Sent = { code: RefusalCode } | 'taken' | CountersignError;

/** An approved change on `work`, beside a main that moved, and a server that gives these answers to the trigger. */
async function ready(answers: Sent[], onSend: (git: (...args: string[]) => string) => void = () => {}) {
  const { directory, git, commit } = makeRepository();
  const base = commit({ f: 'one\n' });
  const main = commit({ g: 'g\n' });
  git('switch', '--quiet', '-c', 'work', base);
  const id = commit({ f: 'two\n' }, 'mine\n\nChange-Id: I1\n');
  const repository = await openRepository(directory);
  const [revision] = await readRevisions(repository, [id]);
  const change = {
    id: 'c1',
    key: 'I1',
    definition: 'D',
    outcome: null,
    version: 1,
    state: 'Approved',
    enabled: [{ trigger: 'apply', to: 'Applied', refusal: null }],
    revision: { number: 1, uploader: 'u', commit: id, tree: revision?.tree, patch_id: revision?.patchId },
  } as unknown as Change;
  const events: EventBody[] = [];
  const api = {
    change: async () => change,
    definition: async () => undefined,
    question: async () => ({ allowed: true, outcome: 'applied', refusal: null }),
    send: async (_: string, event: EventBody) => {
      events.push(event);
      onSend(git);
      const answer = answers.shift() ?? 'taken';
      if (answer instanceof CountersignError) throw answer;
      if (answer === 'taken') return { ok: true, value: {} };
      return { ok: false, refusal: { code: answer.code, message: 'No.', accepted: [] } };
    },
  } as unknown as Api;
  const landing: Landing = {
    api,
    repository,
    target: 'refs/heads/main',
    trial: undefined,
    dryRun: false,
    trigger: undefined,
    committer: 'Rob <rob@example.com> 1700000000 +0000',
    results: new Map(),
  };
  return { git, commit, main, id, landing, events, change };
}

describe('a change that lands', () => {
  it('is on the branch when the server is told, and the server is told where', async () => {
    const { git, landing, main, events } = await ready(['taken']);
    const landed = await landOne(landing, 'c1');
    expect(landed).toMatchObject({ done: 'landed', how: 'picked', commit: git('rev-parse', 'main') });
    expect(git('rev-parse', 'main~1')).toBe(main);
    expect(events).toEqual([
      expect.objectContaining({
        trigger: 'apply',
        data: { landed: { commit: landed.commit, branch: 'refs/heads/main' } },
      }),
    ]);
  });

  it.each([
    ['refuses', { code: 'CONDITION_UNMET' as const }],
    ['is gone', new CountersignError('SERVER_UNREACHABLE', 'No server answers.')],
  ])('leaves nothing on the branch where the server %s after all', async (_, answer) => {
    const { git, landing, main } = await ready([answer]);
    const landed = await landOne(landing, 'c1');
    expect(landed).toMatchObject({ done: 'refused', why: expect.stringContaining('main is back at') });
    expect(git('rev-parse', 'main')).toBe(main);
  });

  it('is tried again where it moved on since it was looked at', async () => {
    const { git, landing, main } = await ready([{ code: 'STALE_VERSION' }, 'taken']);
    expect(await landOne(landing, 'c1')).toMatchObject({ done: 'landed' });
    expect(git('rev-parse', 'main~1')).toBe(main);
  });

  it('says so where the branch cannot go back, because others built on it', async () => {
    const { git, landing } = await ready([{ code: 'CONDITION_UNMET' }], (run) => {
      const next = run('commit-tree', '-p', 'main', '-m', 'later', 'main^{tree}');
      run('update-ref', 'refs/heads/main', next);
    });
    const landed = await landOne(landing, 'c1');
    expect(landed).toMatchObject({
      done: 'refused',
      why: expect.stringContaining('main moved on meanwhile and still holds it as'),
    });
    expect(git('log', '-1', '--format=%s', 'main')).toBe('later');
  });

  it('is only told where the branch holds it already, picked by a landing that was cut off', async () => {
    const { git, landing, events } = await ready([]);
    const first = await landOne(landing, 'c1');
    const tip = git('rev-parse', 'main');
    expect(await landOne(landing, 'c1')).toMatchObject({ done: 'there', commit: first.commit });
    expect(git('rev-parse', 'main')).toBe(tip);
    expect(events).toHaveLength(2);
  });

  it('is refused as a merge, with the ways that are left, and nothing moves', async () => {
    const { git, landing, main, change, events } = await ready([]);
    const merge = git('commit-tree', '-p', 'main', '-p', 'work', '-m', 'merge', 'work^{tree}');
    const [revision] = await readRevisions(landing.repository, [merge]);
    const told = { commit: merge, tree: revision?.tree, patch_id: revision?.patchId };
    Object.assign(change.revision ?? {}, told);
    const landed = await landOne(landing, 'c1');
    expect(landed).toMatchObject({ done: 'refused', commit: null });
    expect(landed.why).toBe(
      `${merge.slice(0, 12)} merges 2 histories, and only single commits are landed. Push it as it is ("git push origin ${merge.slice(0, 12)}:main"; a protected branch takes it where all it brings is approved), or rebase its commits onto main without merges, record them, and have them approved.`,
    );
    expect(git('rev-parse', 'main')).toBe(main);
    expect(events).toEqual([]);
  });

  it('lands by itself where it stands on a merge that does not', async () => {
    const { git, landing, main, change } = await ready(['taken']);
    const merge = git('commit-tree', '-p', 'main', '-p', 'work', '-m', 'merge', 'work^{tree}');
    git('switch', '--quiet', '--detach', merge);
    const blob = git('hash-object', '-w', 'f');
    git('update-index', '--add', '--cacheinfo', `100644,${blob},top`);
    git('commit', '--quiet', '-m', 'top\n\nChange-Id: I2\n');
    const [revision] = await readRevisions(landing.repository, [git('rev-parse', 'HEAD')]);
    Object.assign(change.revision ?? {}, {
      ...{ commit: revision?.commit, tree: revision?.tree, patch_id: revision?.patchId },
    });
    expect(await landOne(landing, 'c1')).toMatchObject({ done: 'landed', how: 'picked' });
    expect(git('log', '-1', '--format=%P', 'main')).toBe(main);
    expect(git('diff', '--name-only', main, 'main')).toBe('top');
  });

  it('lands once where two land it at the same time', async () => {
    const { git, landing, main } = await ready(['taken', 'taken']);
    const other = { ...landing, committer: 'Sam <sam@example.com> 1700000009 +0000', results: new Map() };
    const both = await Promise.all([landOne(landing, 'c1'), landOne(other, 'c1')]);
    expect(both.map(({ done }) => done).sort()).toEqual(['landed', 'there']);
    expect(git('rev-list', '--count', `${main}..main`)).toBe('1');
  });

  it('is refused where the server was told another content', async () => {
    const { landing, change } = await ready([]);
    Object.assign(change.revision ?? {}, { patch_id: 'f'.repeat(40) });
    expect(await landOne(landing, 'c1')).toMatchObject({
      done: 'refused',
      why: expect.stringContaining('another content'),
    });
  });
});

it('puts what others depend on first, and keeps the order that was given where it is free', () => {
  const graphs = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(graphs, fc.boolean(), (needs, isReversed) => {
      const changes = needs.map((on, at) => ({
        id: String(at),
        dependencies: on
          .filter((each) => each < at)
          .map((each) => ({ change: String(each), policy: 'block' })),
      })) as unknown as Change[];
      const given = isReversed ? changes.toReversed() : changes;
      const ordered = inOrder(given);
      expect(new Set(ordered)).toEqual(new Set(changes));
      const place = new Map(ordered.map(({ id }, at) => [id, at]));
      for (const { id, dependencies = [] } of changes)
        for (const { change } of dependencies)
          expect(place.get(change ?? '')).toBeLessThan(place.get(id) ?? -1);
      if (!isReversed) expect(ordered).toEqual(changes);
    }),
  );
});

it('finds what is ready with the oldest first, whichever page lists it', async () => {
  const change = (id: string) => ({
    id,
    definition: 'D',
    outcome: null,
    enabled: [{ trigger: 'apply', to: 'Applied', refusal: null }],
    revision: { number: 1, uploader: 'u', commit: 'c' },
  });
  const pages = [
    { items: [change('c4'), change('c3')], next_cursor: 'next' },
    { items: [change('c2'), { ...change('c1'), revision: null }], next_cursor: null },
  ];
  const api = {
    work: async ({ cursor }: { cursor?: string }) => pages[cursor === undefined ? 0 : 1],
    change: async (id: string) => pages.flatMap(({ items }) => items).find((each) => each.id === id),
    question: async () => ({ allowed: true, outcome: 'applied', refusal: null }),
  } as unknown as Api;
  const ready = await readyChanges(api, 'web', { reason: 'Landed.', trigger: undefined });
  expect(ready.map(({ id }) => id)).toEqual(['c2', 'c3', 'c4']);
});
