/** Whatever happens to changes that depend on each other, on two servers at once: held against a model that reads the log. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Said } from '../../src/actors/directory/entries.ts';
import type { PersistedSnapshot } from '../../src/machines/compile.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { runs } from '../support/runs.ts';
import { intercepted, Office, type On } from './dependent.ts';
import { DependencyModel, type Facts, type Rules } from './depending-model.ts';
import { principal, type Server, startServer } from './rig.ts';

const HISTORIES = Number(process.env.COUNTERSIGN_DEPENDENCY_HISTORIES ?? runs(4, 12));
const SEED = process.env.COUNTERSIGN_SEED;
const MORE = { numRuns: HISTORIES, ...(SEED !== undefined && { seed: Number(SEED) }) };

/** The last two are proposed in the course of the history, and meant by key before. */
const CHANGES = 6;
const KNOWN = 4;

type Command =
  | { readonly does: 'send'; readonly at: number; readonly change: number; readonly trigger: string }
  | {
      readonly does: 'depend';
      readonly at: number;
      readonly change: number;
      readonly on: readonly Link[];
      readonly event: string;
    }
  | { readonly does: 'propose'; readonly at: number; readonly change: number }
  | { readonly does: 'group'; readonly at: number; readonly members: readonly (readonly [number, string])[] }
  /** One server is overtaken by the other between what it saw and what it writes. */
  | { readonly does: 'overtaken'; readonly at: number; readonly command: Command; readonly by: Command };
interface Link {
  readonly to: number;
  readonly kind: string;
  readonly byKey: boolean;
}
/** Commands that are sent at once; before them, where it is said, other rules. */
interface Phase {
  readonly rules: { readonly near: string; readonly order: string; readonly rejected: string } | null;
  readonly commands: readonly Command[];
}

const at = fc.nat(1);
const change = fc.nat(CHANGES - 1);
const trigger = fc.constantFrom(
  ...['vote', 'vote', 'merge', 'merge', 'side', 'some', 'pass', 'check', 'wait', 'timer.fire', 'back'],
  ...['reject', 'withdraw', 'reopen', 'reopen', 'change.suspend', 'change.resume', 'change.revise'],
);
const link = fc.record({
  to: change,
  kind: fc.constantFrom('declared', 'declared', 'textual', 'near', 'order'),
  byKey: fc.boolean(),
});
const single: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: fc.constant('send' as const), at, change, trigger }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('depend' as const),
      at,
      change,
      on: fc.array(link, { maxLength: 3 }),
      event: fc.constantFrom('change.depend', 'change.revise'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('propose' as const),
      at,
      change: fc.nat(1).map((n) => n + KNOWN),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('group' as const),
      at,
      members: fc.uniqueArray(fc.tuple(change, fc.constantFrom('merge', 'merge', 'vote', 'reopen')), {
        minLength: 1,
        maxLength: 4,
        selector: ([of]) => of,
      }),
    }),
  },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: single },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('overtaken' as const), at, command: single, by: single }),
  },
);
const policy = fc.constantFrom('block', 'warn', 'allow');
const rules = fc.record({ near: policy, order: policy, rejected: fc.constantFrom('hold', 'tell', 'reopen') });
const phase: fc.Arbitrary<Phase> = fc.record({
  rules: fc.option(rules, { freq: 4 }),
  commands: fc.array(command, { minLength: 1, maxLength: 8 }),
});

/** One that depends on another, which is approved and then not any more, just as it is about to be approved itself. */
const opening: fc.Arbitrary<Phase[]> = fc
  .tuple(
    fc.shuffledSubarray([0, 1, 2, 3], { minLength: 2, maxLength: 2 }),
    fc.constantFrom(['merge'], ['vote', 'vote'], ['vote', 'vote', 'reopen'], ['reopen', 'vote', 'vote']),
    fc.constantFrom('vote', 'reject'),
  )
  .map(([[first = 0, second = 1], triggers, ends]) => {
    const send = (of: number, trigger: string, at = 0): Command => ({
      does: 'send',
      at,
      change: of,
      trigger,
    });
    const on = [{ to: first, kind: 'declared', byKey: false }];
    const depends: Command = { does: 'depend', at: 0, change: second, on, event: 'change.depend' };
    const [now = 'merge', ...then] = triggers;
    const overtaken: Command = {
      does: 'overtaken',
      at: 0,
      command: send(second, now),
      by: send(first, 'reopen', 1),
    };
    const rejected = ends === 'reject' ? { near: 'warn', order: 'allow', rejected: 'tell' } : null;
    return [
      { rules: rejected, commands: [depends, send(first, 'vote')] },
      { rules: null, commands: [send(first, ends)] },
      { rules: null, commands: [overtaken, ...then.map((trigger) => send(second, trigger))] },
    ];
  });
const history = fc
  .tuple(fc.option(opening), fc.array(phase, { minLength: 1, maxLength: 4 }))
  .map(([first, rest]) => [...(first ?? []), ...rest]);

let database: TestDatabase;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** A tenant with two servers, and what is done there. */
class Play {
  readonly #hook = intercepted(database.store);
  readonly servers: readonly Server[] = [startServer(this.#hook.store), startServer(database.store)];
  readonly office = new Office(`play-${++tenants}`, database.store, this.#server(0));
  readonly keys = new Map<string, string>();
  readonly #groups: number[][] = [];
  readonly #rules: { after: number; rules: Rules }[] = [
    { after: -1, rules: rulesOf({ near: 'warn', order: 'allow', rejected: 'hold' }) },
  ];

  /** Proposes most changes and makes both servers know that there are dependencies here. */
  async open(): Promise<void> {
    await this.office.open();
    for (let index = 0; index < KNOWN; index++)
      await this.run({ does: 'propose', at: index % 2, change: index });
    for (const at of [0, 1])
      await this.run({
        does: 'depend',
        at,
        change: 0,
        on: [{ to: 1, kind: 'order', byKey: true }],
        event: 'change.depend',
      });
  }

  #server(at: number): Server {
    return this.servers[at] as Server;
  }

  #id(index: number): string | undefined {
    return this.keys.get(`K${index}`);
  }

  async run(command: Command): Promise<void> {
    if (command.does === 'overtaken') {
      this.#hook.before = () => this.run({ ...command.by, at: 1 });
      return this.run({ ...command.command, at: 0 });
    }
    const server = this.#server(command.at);
    const { office } = this;
    if (command.does === 'propose') {
      const key = `K${command.change}`;
      const given = { definition: 'Ways', project: 'web', key, title: key };
      const answer = await server.runtime.propose(given, office.by());
      if (answer.ok) this.keys.set(key, answer.row.change);
      return;
    }
    if (command.does === 'group') return this.#group(command.members, server);
    const id = this.#id(command.change);
    if (id === undefined) return;
    if (command.does === 'depend') {
      const on: On[] = command.on.map(({ to, kind, byKey }) => ({
        on: (byKey ? undefined : this.#id(to)) ?? `K${to}`,
        kind,
      }));
      await office.depend(id, on, server, command.event);
    } else if (command.trigger === 'timer.fire') {
      const { principal: ann } = office.by();
      const fire = { change: id, trigger: 'timer.fire', data: { timer: 'Waiting->Agreed' } };
      await server.runtime.send(fire, { principal: { ...ann, roles: ['operator'] } });
    } else await office.send(id, command.trigger, undefined, server);
  }

  async #group(members: readonly (readonly [number, string])[], server: Server): Promise<void> {
    const commands = members.flatMap(([index, trigger]) => {
      const change = this.#id(index);
      return change === undefined ? [] : [{ change, trigger }];
    });
    if (commands.length === 0) return;
    const { done, answers } = await server.runtime.sendGroup(commands, this.office.by());
    if (done) this.#groups.push(answers.flatMap(({ row }) => (row ? [row.seq] : [])));
  }

  /** Rules are changed while nothing goes on, so that it is known for which rows they stood. */
  async rule(given: NonNullable<Phase['rules']>): Promise<void> {
    await this.settle();
    const { near, order, rejected } = given;
    const value = { dependencies: { policies: { near, order }, reactions: { rejected } } };
    await this.office.say([{ kind: 'project', name: 'web', value } as Said], this.#server(0));
    for (const { clock } of this.servers) clock.moveTo(clock.now() + 1_000);
    const { seq = 0 } = (await database.store.position(this.office.tenant)) ?? {};
    this.#rules.push({ after: seq, rules: rulesOf(given) });
    // Whoever loosens rules has the changes looked at again.
    for (const id of this.keys.values()) await this.office.send(id, 'dependency.recheck');
  }

  /** Waits until everybody was told of everything. */
  async settle(): Promise<void> {
    const { tenant } = this.office;
    const left = async () => {
      const all = await database.store.cascadePositions();
      const { seq = 0, head = 0 } = all.find((each) => each.tenant === tenant) ?? {};
      return database.store.happenedIn(tenant, seq, head);
    };
    await expect.poll(left, { interval: 5, timeout: 10_000 }).toEqual([]);
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map(({ runtime }) => runtime.close()));
  }

  async facts(): Promise<Facts> {
    const rows = await database.store.log(this.office.tenant, { after: 0, limit: 100_000 });
    return { rows, keys: this.keys, rules: this.#rules, groups: this.#groups };
  }

  /** What every change has come to, by key. */
  async ends(): Promise<Record<string, unknown>> {
    const ends: Record<string, unknown> = {};
    for (const [key, id] of this.keys) {
      const { state, outcome, suspended, dependencies } = await this.office.view(id);
      const names = new Map([...this.keys].map(([name, of]) => [of, name]));
      const stand = dependencies.map(
        ({ on, standing, policy }) => `${names.get(on) ?? on} ${standing} ${policy}`,
      );
      ends[key] = { state, outcome, isSuspended: suspended !== null, stand };
    }
    return ends;
  }
}

function rulesOf({ near, order, rejected }: NonNullable<Phase['rules']>): Rules {
  const policies = { textual: 'block', declared: 'block', group: 'block', near, order };
  return { policies, isRejectedTold: rejected === 'tell' };
}

/** What would still go on if somebody had a look; after everything has settled, nothing does. */
async function waiting(play: Play, model: DependencyModel): Promise<string[]> {
  const found: string[] = [];
  for (const [key, change] of play.keys) {
    const { state, outcome, suspended } = await play.office.view(change);
    expect(model.outcomeOf(change)).toBe(outcome);
    if (outcome !== null || suspended !== null) continue;
    const asked = await play.servers[0]?.runtime.ask(
      { change, trigger: 'dependency.recheck' },
      play.office.by(),
    );
    if (asked?.outcome != null) found.push(`${key} in ${JSON.stringify(state)} only waits to be told`);
    const regions = Object.entries(state as object)[0];
    const isDone = regions?.[0] === 'Either' && Object.values(regions[1]).includes('done');
    const isJoined =
      regions?.[0] === 'Parallel' && Object.values(regions[1]).every((each) => each === 'done');
    if ((isDone || isJoined) && model.blockersOf(change).length === 0)
      found.push(`${key} waits at an open gate`);
  }
  return found;
}

/** Edges as the store has them and as the snapshots remember them, for every change. */
async function graphs(play: Play): Promise<{ stored: string[][]; remembered: string[][] }> {
  const { store, tenant } = play.office;
  const refs = [...play.keys.values()].map((change) => ({ tenant, change }));
  const stored = await Promise.all(refs.map(({ change }) => store.edgesAt(tenant, [change], 'up')));
  const loaded = new Map((await store.load(refs)).map((each) => [each.change, each]));
  const remembered = refs.map(({ change }) => {
    const snapshot = loaded.get(change)?.snapshot as unknown as PersistedSnapshot | undefined;
    return (snapshot?.context.dependencies ?? []).map(
      ({ on, kind, rule, change: known }) => `${on} ${kind} ${rule} ${known ?? on}`,
    );
  });
  return {
    stored: stored.map((edges) =>
      edges.map(({ target, kind, rule, on }) => `${target} ${kind} ${rule} ${on}`).sort(),
    ),
    remembered: remembered.map((each) => each.sort()),
  };
}

describe('changes that depend on each other, on two servers at once', () => {
  it('are never approved before what they depend on, wait no longer than they must, and agree with the graph', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (phases) => {
        const play = new Play();
        try {
          await play.open();
          for (const { rules: given, commands } of phases) {
            if (given) await play.rule(given);
            await Promise.all(commands.map((each) => play.run(each)));
          }
          await play.settle();
          const model = new DependencyModel(await play.facts());
          expect(model.violations).toEqual([]);
          expect(await waiting(play, model)).toEqual([]);
          const { stored, remembered } = await graphs(play);
          expect(stored).toEqual(remembered);
        } finally {
          await play.close();
        }
      }),
      MORE,
    );
  }, 600_000);

  it('end the same way, whoever tells of what happened, where it happened in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(single, { minLength: 6, maxLength: 20 }),
        fc.infiniteStream(fc.nat(1)),
        async (commands, servers) => {
          const alone = new Play();
          const many = new Play();
          try {
            await Promise.all([alone.open(), many.open()]);
            for (const each of commands) {
              await alone.run({ ...each, at: 0 });
              await alone.settle();
              await many.run({ ...each, at: servers.next().value ?? 0 });
              // One that just started finds the same to be told of.
              const third = startServer(database.store);
              await third.runtime.open();
              await many.settle();
              await third.runtime.close();
            }
            expect(await many.ends()).toEqual(await alone.ends());
          } finally {
            await Promise.all([alone.close(), many.close()]);
          }
        },
      ),
      { ...MORE, numRuns: Math.ceil(HISTORIES / 4) },
    );
  }, 600_000);
});

it('the model sees a row that should not be there', async () => {
  const play = new Play();
  await play.open();
  await play.run({
    does: 'depend',
    at: 0,
    change: 2,
    on: [{ to: 3, kind: 'declared', byKey: true }],
    event: 'change.revise',
  });
  await play.close();
  const facts = await play.facts();
  const last = facts.rows.at(-1);
  if (!last) throw new Error('there are rows');
  const forged = {
    ...last,
    seq: last.seq + 1,
    event: 'merge',
    data: null,
    outcome: 'applied',
    principal: principal('eve').id,
  };
  expect(new DependencyModel({ ...facts, rows: [...facts.rows, forged] }).violations).toHaveLength(1);
  expect(new DependencyModel(facts).violations).toEqual([]);
});
