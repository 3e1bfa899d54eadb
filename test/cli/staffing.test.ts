/** Staffing on the command line, against a gateway and a runtime: what a deployment is told, and what makes it refuse. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { Hub } from '../../src/gateway/hub.ts';
import { type Gateway, startGateway } from '../../src/gateway/server.ts';
import { createLogger } from '../../src/log.ts';
import { ManualClock } from '../actors/clock.ts';
import { Alarms, START, TENANT } from '../actors/rig.ts';
import { KEY, token } from '../gateway/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { cli, file, only } from './rig.ts';

let database: TestDatabase;
let runtime: Runtime;
let gateway: Gateway;
let at: { env: Record<string, string> };
beforeAll(async () => {
  database = await testDatabase();
  const { store } = database;
  await store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  const log = createLogger('silent');
  const hub = new Hub({ store, log, pollMs: 60_000 });
  const clock = new ManualClock(START);
  runtime = new Runtime({ store, clock, newId, scheduler: new Alarms(), publisher: hub, log });
  gateway = await startGateway({ backend: runtime, hub, log, auth: { key: KEY }, transport: 'node' });
  const bearer = await token({ sub: 'adam', roles: ['administrator', 'deployer'] });
  at = { env: { COUNTERSIGN_URL: gateway.url, COUNTERSIGN_TOKEN: bearer } };
});
afterAll(async () => {
  await gateway.close();
  await runtime.close();
  await database.drop();
});

const workflow = (title: string) =>
  file(
    'Review.toml',
    `name = "Review"
title = "${title}"
roles = ["reviewer"]
triggers = ["approve"]
initial = "Open"
[ballots.review]
title = "Security"
in = "Open"
role = "reviewer"
exclude = "author"
cast = { approve = "approve" }
needs = { approvals = 2 }
[states.Open]
[states.Done]
final = "approved"
[transitions]
"Open -> Done" = { when = "ballots.review.passed" }
`,
  );
const people = (...names: string[]) =>
  file(
    'directory.toml',
    names
      .map(
        (name) => `[[grants]]\nrole = "reviewer"\nto = { principal = "${name}" }\nin = { project = "web" }\n`,
      )
      .join('\n'),
  );

describe('deploy', () => {
  it('names the people who are too few, and whom nobody could replace', async () => {
    expect((await cli(['directory', 'apply', people('sam', 'sue')], at)).exit).toBe(0);
    const said = await cli(['deploy', workflow('first')], at);
    expect([said.exit, said.out]).toEqual([0, expect.stringContaining('Deployed Review v1.')]);
    expect(said.err).toContain(
      'UNSTAFFED: "Security" of Review in project web needs 2 reviewer who did not write the change; only sam and sue can give that: that is not enough if sam or sue is the author; if sam is, nobody but sue is left.',
    );
    expect(said.err).toMatch(/IRREPLACEABLE: .* without sue no change can be finished\./);
    const json = only(await cli(['deploy', workflow('second'), '--json'], at));
    expect(json.warnings).toContainEqual({
      path: 'ballots/review',
      message: expect.stringMatching(/^UNSTAFFED: /),
    });
  });

  it('is refused with --strict-staffing until there are enough, and nothing is stored', async () => {
    const refused = await cli(['deploy', workflow('third'), '--strict-staffing'], at);
    expect(refused.exit).not.toBe(0);
    expect(refused.err).toContain('The people of the tenant cannot finish it: ');
    expect(refused.err).toMatch(/only sam and sue can give that/);
    expect((await database.store.definition(TENANT, 'Review'))?.version).toBe(2);
    await cli(['directory', 'apply', people('sam', 'sue', 'tom', 'una')], at);
    const said = await cli(['deploy', workflow('third'), '--strict-staffing'], at);
    expect([said.exit, said.out]).toEqual([0, expect.stringContaining('Deployed Review v3.')]);
    expect(said.err).not.toMatch(/UNSTAFFED|IRREPLACEABLE/);
  });

  it('lets the directory take no agent that works for an agent', async () => {
    const text =
      '[principals.bot]\nkind = "agent"\nsponsor = "sam"\n[principals.sub]\nkind = "agent"\nsponsor = "bot"\n';
    for (const more of [['--dry-run'], []]) {
      const said = await cli(['directory', 'apply', file('agents.toml', text), ...more], at);
      expect(said.exit).not.toBe(0);
      expect(said.err).toContain(
        'The agent sub cannot work for bot, which is an agent too; name the person whom it works for as its sponsor.',
      );
    }
  });
});
