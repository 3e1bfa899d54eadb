/** Two versions of one workflow, and changes on their way through the first, for tests of migrations. */
import type { MigrationPlan } from '../../src/machines/migration.ts';
import type { MigrationRecord } from '../../src/persistence/records.ts';
import { accepted, principal, type Server, TENANT } from './rig.ts';

export const ops = principal('ops', ['deployer', 'administrator']);
export const PLAN: MigrationPlan = { states: {}, votes: {}, timers: {} };

const review = (states: object, transitions: object, more: object = {}) => ({
  name: 'Moving',
  roles: ['developer', 'reviewer', 'lead'],
  triggers: ['submit', 'code_ok', 'docs_ok', 'like', 'stop', 'sign_off'],
  ballots: {
    likes: { in: 'Review', role: 'reviewer', cast: { like: 'approve' }, needs: { approvals: 1 } },
  },
  initial: 'Draft',
  states: { Draft: {}, Done: { final: 'approved' }, Stopped: { final: 'rejected' }, ...states },
  transitions: { 'Review -> Stopped': { trigger: 'stop', role: 'reviewer' }, ...transitions },
  ...more,
});

const region = (trigger: string, more: object = {}) => ({
  initial: 'pending',
  states: {
    pending: { timers: { late: { after: '3d', escalate: 'lead' } }, ...more },
    ok: { final: 'approved' },
  },
  transitions: { 'pending -> ok': { trigger, role: 'reviewer' } },
});

/** Draft, a review in two regions, and out. */
export const FIRST = review(
  { Review: { regions: { code: region('code_ok'), docs: region('docs_ok') } } },
  {
    'Draft -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Done': { join: 'all' },
    'Draft -> Stopped': { after: '10d' },
  },
);

/** The draft is called Preparing, the review has no docs any more, and somebody signs off behind it. */
export const SECOND = review(
  { Draft: undefined, Preparing: {}, Review: { regions: { code: region('code_ok') } }, Signing: {} },
  {
    'Preparing -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Signing': { join: 'all' },
    'Signing -> Done': { trigger: 'sign_off', role: 'lead' },
    'Preparing -> Stopped': { after: '5d' },
  },
  { initial: 'Preparing' },
);

export const asJson = (source: object): object => JSON.parse(JSON.stringify(source));

export const dev = principal('dev', ['developer']);
export const rob = principal('rob', ['reviewer']);
export const lea = principal('lea', ['lead']);

/** A change that got these events. */
export async function change(server: Server, ...triggers: readonly string[]): Promise<string> {
  const proposal = { definition: 'Moving', project: 'web', title: 'A change' };
  const { change: id } = accepted(await server.runtime.propose(proposal, { principal: dev }));
  for (const trigger of triggers)
    accepted(
      await server.runtime.send(
        { change: id, trigger },
        { principal: trigger === 'submit' ? dev : trigger === 'sign_off' ? lea : rob },
      ),
    );
  return id;
}

/** Starts one and waits until it is through. */
export async function migrate(server: Server, plan: Partial<MigrationPlan> = {}, from = 1, to = 2) {
  const request = { name: 'Moving', from, to, plan: { ...PLAN, ...plan }, reason: 'new rules' };
  const started = await server.runtime.life.migrations.start(TENANT, request, ops);
  if (!started.ok) throw new Error(started.refusal.message);
  return settled(server, started.migration);
}

export async function settled(server: Server, { id }: Pick<MigrationRecord, 'id'>): Promise<MigrationRecord> {
  await server.runtime.life.migrations.settled(id);
  return server.runtime.life.migrations.get(TENANT, id);
}
