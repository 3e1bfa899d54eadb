/** A tenant of its own for each test, and short words for what its directory is told. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Said } from '../../../src/actors/directory/entries.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { accepted, principal, type Server, START, startServer } from '../rig.ts';

export const WEB = { project: 'web' };

export function grant(
  role: string,
  name: string,
  where: { project: string } | 'everywhere' = WEB,
  removed = false,
): Said {
  return { kind: 'grant', grant: { role, to: { principal: name }, in: where }, removed };
}

export function group(name: string, ...members: string[]): Said {
  return { kind: 'group', name, value: { members } };
}

export function person(name: string): Said {
  return { kind: 'principal', name, value: { kind: 'person' } };
}

export function tenants(prefix: string) {
  let database: TestDatabase;
  let server: Server;
  let tenant = '';
  let count = 0;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    tenant = `${prefix}-${++count}`;
    server = startServer(database.store);
    await database.store.createTenant({ tenant, title: 'Acme', createdAt: START });
    return () => server.runtime.close();
  });
  const as = (id: string, roles: string[] = []) => ({ ...principal(id, roles), tenant });
  const ops = () => as('ops', ['deployer', 'administrator']);
  return {
    as,
    ops,
    runtime: () => server.runtime,
    tenant: () => tenant,
    say: (...said: Said[]) => server.runtime.say(tenant, said, null, ops()),
    deploy: (source: object, how = {}) => server.runtime.deploy(tenant, source, ops(), null, how),
    activate: (name: string, version: number, project: string | null) =>
      server.runtime.life.activate(tenant, name, { version, project, reason: null }, ops()),
    own: (project: string, codeowners: string) =>
      server.runtime.setOwners(
        { tenant, project },
        { format: 'github', files: { CODEOWNERS: codeowners }, reason: null },
        ops(),
      ),
    propose: async (definition: string, project: string, author = 'ann') => {
      const proposal = { definition, project, title: 't' };
      return accepted(await server.runtime.propose(proposal, { principal: as(author) })).change;
    },
    ask: (name: string, project = 'web', more = {}) =>
      server.runtime.staffing.of(tenant, name, { project, ...more }),
    warnings: async (...said: Said[]) =>
      (await server.runtime.staffing.warnings(tenant, said)).map(({ message }) => message),
  };
}
