/** What holds whatever is committed at the same time: nothing lost, nothing doubled, no gaps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { ChangeCommit, CommitResult } from '../../src/persistence/records.ts';
import { proposal, refusal, step } from '../support/commits.ts';

const TENANTS = ['t-a', 't-b'];

/** One thing somebody tries: on a small world, so that they collide. */
const attempt = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  change: fc.constantFrom('c1', 'c2', 'c3'),
  kind: fc.constantFrom('proposal', 'step', 'refusal'),
  base: fc.integer({ min: 0, max: 4 }),
  key: fc.option(fc.constantFrom('k1', 'k2', 'k3'), { nil: undefined }),
});
const batches = fc.array(fc.array(attempt, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });

type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

let runs = 0;

function commitOf({ tenant, change, kind, base, key }: Attempt, run: string): ChangeCommit {
  const over = {
    tenant: `${tenant}-${run}`,
    keys: key ? [{ principal: 'alice', key, digest: 'd', entry: 0 }] : [],
  };
  if (kind === 'proposal') return proposal(change, over);
  return kind === 'step' ? step(change, base + 1, over) : refusal(change, base, over);
}

export function storeProperties(current: () => Store): void {
  describe('whatever is committed at the same time', () => {
    it('streams have no gaps, versions follow one another, keys are claimed once', async () => {
      await fc.assert(
        fc.asyncProperty(batches, async (given) => {
          const store = current();
          const run = `run${++runs}`;
          const tenants = TENANTS.map((tenant) => `${tenant}-${run}`);
          for (const tenant of tenants) await store.createTenant({ tenant, title: tenant, createdAt: 1 });
          const sent = given.map((batch) => batch.map((one) => commitOf(one, run)));
          const results = await Promise.all(sent.map((batch) => store.commit(batch)));
          for (const tenant of tenants) await check(store, tenant, pair(sent, results, tenant));
        }),
        { numRuns: 25 },
      );
    });
  });
}

type Done = { readonly commit: ChangeCommit; readonly result: CommitResult };

function pair(sent: ChangeCommit[][], results: CommitResult[][], tenant: string): Done[] {
  return sent
    .flatMap((batch, b) => batch.map((commit, i) => ({ commit, result: results[b]![i]! })))
    .filter(({ commit }) => commit.tenant === tenant);
}

async function check(store: Store, tenant: string, done: Done[]): Promise<void> {
  const rows = await store.log(tenant, { after: 0, limit: 1_000 });
  const won = done.flatMap(({ commit, result }) => (result.ok ? [{ commit, seq: result.seq }] : []));
  expect(done.filter(({ result }) => !result.ok && result.conflict === 'rejected')).toEqual([]);
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  expect((await store.position(tenant))?.seq).toBe(rows.length);
  // Every acknowledged entry stands where its result says, and nothing else stands there.
  expect(won.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(rows.map(({ seq }) => seq));
  for (const { commit, seq } of won) {
    expect(rows[seq - 1]).toMatchObject({ change: commit.change, kind: commit.entries[0]?.kind });
  }
  for (const change of ['c1', 'c2', 'c3']) {
    let version = 0;
    for (const row of rows.filter((r) => r.change === change)) {
      if (row.kind !== 'refusal') version++;
      expect(row.version).toBe(version);
    }
    expect((await store.change({ tenant, change }))?.version ?? 0).toBe(version);
  }
  for (const key of ['k1', 'k2', 'k3']) {
    const claimed = won.filter(({ commit }) => commit.keys.some((claim) => claim.key === key));
    expect(claimed.length).toBeLessThanOrEqual(1);
    const answers = await store.answers([{ tenant, principal: 'alice', key }]);
    expect(answers.map(({ row }) => row.seq)).toEqual(claimed.map(({ seq }) => seq));
  }
}
