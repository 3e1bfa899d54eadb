/** Versions and migrations on the command line, against a gateway with the real life of definitions behind it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asJson, FIRST, SECOND } from '../actors/migrating.ts';
import { NOW } from '../gateway/fake-backend.ts';
import { type Running, startTestGateway, token } from '../gateway/harness.ts';
import { cli, only } from './rig.ts';

const ops = { tenant: 'acme', id: 'ops', kind: 'person', roles: ['deployer'] } as const;

let running: Running;
let at: { env: Record<string, string> };
beforeEach(async () => {
  running = await startTestGateway({ transport: 'node' });
  const { living } = running.backend;
  await living.store.createTenant({ tenant: 'acme', title: 'Acme', createdAt: NOW });
  await living.deploy('acme', asJson(FIRST), ops, 'the first');
  const principal = { ...ops, id: 'dev', roles: ['developer'] };
  await living.propose({ definition: 'Moving', project: 'web', title: 'A change' }, { principal });
  await living.deploy('acme', asJson(SECOND), ops, 'the second');
  const bearer = await token({ roles: ['deployer'] });
  at = { env: { COUNTERSIGN_URL: running.gateway.url, COUNTERSIGN_TOKEN: bearer } };
});
afterEach(async () => {
  await running.gateway.close();
  await running.backend.living.close();
});

describe('the versions of a workflow', () => {
  it('are listed, compared and activated', async () => {
    const listed = await cli(['definitions', 'Moving'], at);
    expect(listed.out).toMatch(/^VERSION +STATUS .*\n2 +active .*the second\n1 .*the first\n$/);
    const compared = await cli(['definitions', 'compare', 'Moving', '1', '2'], at);
    expect(compared.out).toContain('+ The state "Signing" was added.');
    expect(compared.out).toContain('? "Draft" may only be called "Preparing" now.');
    const activated = await cli(['activate', 'Moving', '1', '--project', 'web'], at);
    expect(activated.out).toBe('New changes in web follow version 1 of Moving.\n');
    expect((await cli(['rollback', 'Moving'], at)).out).toBe('New changes follow version 1 of Moving.\n');
    expect((await cli(['retire', 'Moving', '--reason', 'old'], at)).exit).toBe(0);
    const back = await cli(['rollback', 'Moving', '--json'], at);
    expect([back.exit, only(back)]).toEqual([
      1,
      { refusal: expect.objectContaining({ code: 'NOT_ACTIVE' }) },
    ]);
    expect((await cli(['activate', 'Moving', 'first'], at)).exit).toBe(2);
  });
});

describe('a migration', () => {
  const migrate = ['migrate', 'Moving', '--from', '1', '--to', '2'];

  it('is shown first, with what to say where a state was renamed', async () => {
    const shown = await cli([...migrate, '--dry-run'], at);
    expect(shown.exit).toBe(1);
    expect(shown.out).toMatch(/Draft +nowhere +1/);
    expect(shown.out).toContain('Then say --map Draft=Preparing');
    const mapped = await cli([...migrate, '--map', 'Draft=Preparing', '--dry-run'], at);
    expect([mapped.exit, mapped.out]).toEqual([
      0,
      expect.stringMatching(/Draft +Preparing +1 [\s\S]*Proven: /),
    ]);
    expect((await cli(migrate, at)).err).toContain('refused (PLAN_UNPROVEN)');
    expect((await cli([...migrate, '--map', 'Draft'], at)).exit).toBe(2);
  });

  it('is carried out, listed and taken back', async () => {
    const done = await cli([...migrate, '--map', 'Draft=Preparing', '--json'], at);
    expect(only(done)).toMatchObject({ status: 'done', moved: 1 });
    const { id } = only(done);
    expect((await cli(['migrations'], at)).out).toMatch(new RegExp(`${id} +Moving +1 → 2 +done +1 +0`));
    expect((await cli(['migration', 'revert', String(id)], at)).out).toContain('the migration is revert');
    expect((await cli(['migration', 'destroy', String(id)], at)).exit).toBe(2);
  });
});
