/** Over and back is as if nothing had happened: for changes on random ways, with random plans for votes and timers. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MigrationPlan } from '../../src/machines/migration.ts';
import type { StoredChange } from '../../src/persistence/records.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { runs } from '../support/runs.ts';
import { asJson, dev, FIRST, lea, migrate, ops, rob, SECOND, settled } from './migrating.ts';
import { accepted, START, startServer, TENANT } from './rig.ts';

const bare = ({ state, snapshot, outcome, definitionVersion, timers }: StoredChange) => ({
  ...{ state, snapshot, outcome, definitionVersion },
  timers: timers.map(({ name, event, dueAt }) => ({ name, event, dueAt })),
});

const trigger = fc.constantFrom('submit', 'like', 'code_ok', 'docs_ok', 'stop');
const plan = fc.record({
  states: fc.constant({ Draft: 'Preparing' }),
  votes: fc.constantFrom<MigrationPlan['votes']>({}, { likes: 'drop' }),
  timers: fc.constantFrom<MigrationPlan['timers']>({}, { 'Review.code.pending:late': 'reset' }),
});

it('a migration that is taken back leaves untouched changes exactly as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(trigger, { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      plan,
      fc.integer({ min: 0, max: 6 * 86_400_000 }),
      async (ways, given, waited) => {
        const store = new MemoryStore();
        await store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
        const server = startServer(store);
        await server.runtime.deploy(TENANT, asJson(FIRST), ops, null);
        const ids: string[] = [];
        for (const way of ways) {
          const proposal = { definition: 'Moving', project: 'web', title: 'A change' };
          const { change } = accepted(await server.runtime.propose(proposal, { principal: dev }));
          ids.push(change);
          for (const each of way)
            await server.runtime.send(
              { change, trigger: each },
              { principal: each === 'submit' ? dev : each === 'stop' ? rob : { ...lea, ...rob } },
            );
        }
        const load = async () =>
          (await store.load(ids.map((change) => ({ tenant: TENANT, change })))).map(bare);
        const before = await load();
        await server.runtime.deploy(TENANT, asJson(SECOND), ops, null);
        server.clock.moveTo(START + Math.floor(waited / 10));
        const migration = await migrate(server, given);
        const open = before.filter(({ outcome }) => outcome === null).length;
        expect(migration).toMatchObject({ status: 'done', moved: open });
        expect(
          (await load()).filter(({ outcome, definitionVersion: at }) => outcome === null && at === 1),
        ).toEqual([]);
        await server.runtime.life.migrations.act(TENANT, migration.id, 'revert');
        expect(await settled(server, migration)).toMatchObject({ status: 'reverted', reverted: open });
        expect(await load()).toEqual(before);
        await server.runtime.close();
      },
    ),
    { numRuns: runs(12, 40) },
  );
});
