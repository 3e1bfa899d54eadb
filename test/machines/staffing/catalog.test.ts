/** Workflows that come with the product, and other shapes of them, with people whose answer is plain. */
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../src/machines/catalog/index.ts';
import type { Definition } from '../../../src/machines/definition.ts';
import { normalise } from '../../../src/machines/normalise.ts';
import { sourceSchema } from '../../../src/machines/source.ts';
import { judgeFor } from '../../../src/machines/staffing/judge.ts';
import type { Person } from '../../../src/machines/staffing/staff.ts';
import { type StaffingQuestion, staffingOf } from '../../../src/machines/staffing/staffing.ts';

const named = (name: keyof typeof catalog): Definition => normalise(sourceSchema.parse(catalog[name]));
const read = (source: unknown): Definition => normalise(sourceSchema.parse(source));
const people = (...all: readonly (readonly [string, ...string[]])[]): Person[] =>
  all.map(([id, ...roles]) => ({ id, kind: 'person', roles }));
const ask = (definition: Definition, staff: Person[], more: Partial<StaffingQuestion> = {}) =>
  staffingOf(definition, { staff: { people: staff }, ...more });

describe('the workflows of the catalog', () => {
  it.each(Object.keys(catalog) as (keyof typeof catalog)[])(
    '%s can be finished by four who may do all',
    (name) => {
      const definition = named(name);
      const all = ['a', 'b', 'c', 'd', 'e'].map((id): [string, ...string[]] => [id, ...definition.roles]);
      const agent = { id: 'bot', kind: 'agent', sponsor: 'z', roles: definition.roles } as const;
      const bots = [agent, { ...agent, id: 'bee', sponsor: 'y' }];
      const found = ask(definition, [...people(...all), ...bots], { k: 1 });
      expect(found).toMatchObject({
        staffed: true,
        decided: true,
        irreplaceable: [],
        resilience: { holds: 1 },
      });
      // Whoever wants to begin, needs a role for it, or somebody who may judge.
      expect(ask(definition, []).staffed).toBe(false);
    },
  );

  it('EnterpriseApproval keeps the quality reviewer apart from security and code, not these from each other', () => {
    const definition = named('EnterpriseApproval');
    const three = people(
      ['ann', 'developer', 'release_manager'],
      ['bob', 'security_reviewer', 'code_reviewer', 'quality_reviewer'],
      ['cyd', 'security_reviewer', 'code_reviewer', 'quality_reviewer'],
      ['rio', 'release_manager'],
    );
    const judge = judgeFor(definition, { people: three });
    const [stranger] = judge.crews;
    expect(judge.requirements.ways).toHaveLength(1);
    expect(judge.judge(stranger!, judge.cases(stranger!)[0]!).answer).toBe('no');
    const found = ask(definition, three);
    expect(found.findings[0]?.message).toBe(
      '"Security", "Code, four eyes", and "Quality" of EnterpriseApproval need different people (security_reviewer, code_reviewer, or quality_reviewer); only bob and cyd can give that: such a change cannot be finished, whoever writes it.',
    );
    const four = [...three, ...people(['dee', 'quality_reviewer'])];
    expect(ask(definition, four).findings.map(({ authors }) => authors)).toEqual([['bob', 'cyd'], ['dee']]);
  });

  it('ItilChange has to stay possible for each kind of change', () => {
    const definition = named('ItilChange');
    const staff = people(
      ['req', 'requester'],
      ['imp', 'implementer'],
      ['man', 'change_manager'],
      ['cab', 'cab_member'],
      ['cub', 'cab_member'],
    );
    const { findings } = ask(definition, staff);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toMatch(
      /^Where attributes\.type == "normal": "Technical approval" of ItilChange needs 1 technical_approver who did not write the change; nobody can give that/,
    );
    const two = people(['tec', 'technical_approver'], ['tic', 'technical_approver']);
    expect(ask(definition, [...staff, ...two]).staffed).toBe(true);
  });

  it('ParallelReview counts on leads who may act in the end, by escalation', () => {
    const staff = people(
      ['dev', 'developer'],
      ['sec', 'security_lead'],
      ['sic', 'security_lead'],
      ['cod', 'code_lead'],
      ['cid', 'code_lead'],
    );
    expect(ask(named('ParallelReview'), staff).staffed).toBe(true);
  });
});

describe('other shapes', () => {
  const open = (more: object, ballot: object) =>
    read({
      name: 'Shape',
      roles: ['r', 's'],
      triggers: ['yes', 'go'],
      initial: 'Open',
      states: { Open: {}, Done: { final: 'approved' } },
      ballots: { b: { in: 'Open', cast: { yes: 'approve' }, ...ballot } },
      transitions: { 'Open -> Done': { when: 'ballots.b.passed' } },
      ...more,
    });

  it('a person and the agents that work for him are one voice', () => {
    const definition = open({}, { role: 'r', needs: { approvals: 2 } });
    const one = { id: 'ann', kind: 'person', roles: ['r'] } as const;
    const agents = ['x', 'y'].map((id) => ({ id, kind: 'agent', sponsor: 'ann', roles: ['r'] }) as const);
    expect(ask(definition, [one, ...agents]).staffed).toBe(false);
    expect(ask(definition, [one, { ...agents[0]!, sponsor: 'bob' }]).staffed).toBe(true);
  });

  it('votes of owners are asked of the groups that are given, and of nobody where none are', () => {
    const definition = open({}, { exclude: 'author', needs: [{ each: 'owners' }, { approvals: 1 }] });
    const staff = { people: people(['ann'], ['bob']) };
    const owners = [{ name: '/src', members: ['ann'], files: ['src/a'] }];
    expect(staffingOf(definition, { staff }).staffed).toBe(true);
    const { findings } = staffingOf(definition, { staff: { ...staff, owners } });
    expect(findings.map(({ authors, message }) => [authors, message.includes('owners /src')])).toEqual([
      [['ann'], true],
    ]);
  });

  it('a way around what nobody can do is a way, where people may choose it', () => {
    const around = { 'Open -> Done': [{ when: 'ballots.b.passed' }, { trigger: 'go', role: 's' }] };
    const definition = open({ transitions: around }, { role: 'r' });
    expect(ask(definition, people(['ann', 's'])).staffed).toBe(true);
    const chosen = {
      'Open -> Done': [
        { when: 'ballots.b.passed' },
        { trigger: 'go', role: 's', if: 'authorKind == "agent"' },
      ],
    };
    expect(ask(open({ transitions: chosen }, { role: 'r' }), people(['ann', 's'])).staffed).toBe(false);
  });

  it('conditions on who sends it are tried with everybody', () => {
    const named = open(
      { transitions: { 'Open -> Done': { trigger: 'go', if: 'sender.id == "zoe" && sender.id != author' } } },
      {},
    );
    expect(ask(named, people(['ann'], ['zoe'])).findings[0]).toMatchObject({ authors: ['zoe'] });
  });

  it('what is not understood is not decided', () => {
    const odd = open({ transitions: { 'Open -> Done': { when: 'ballots.b.approvals + 1 > 3' } } }, {});
    expect(ask(odd, people(['ann']))).toMatchObject({ decided: false, staffed: true, findings: [] });
  });

  it('thirty pairwise different reviews are matched with people in no time, and one short is seen', () => {
    const count = 30;
    const names = Array.from({ length: count }, (_, index) => `b${index}`);
    const ballots = Object.fromEntries(
      names.map((name, index) => [
        name,
        {
          in: `S${index}`,
          role: `r${index % 5}`,
          exclude: 'author',
          apart: names.filter((other) => other !== name),
          cast: { [`yes_${name}`]: 'approve' },
        },
      ]),
    );
    const next = (index: number) => (index + 1 < count ? `S${index + 1}` : 'Done');
    const definition = read({
      name: 'Thirty',
      roles: ['r0', 'r1', 'r2', 'r3', 'r4'],
      triggers: names.map((name) => `yes_${name}`),
      ballots,
      initial: 'S0',
      states: {
        ...Object.fromEntries(names.map((_, index) => [`S${index}`, {}])),
        Done: { final: 'approved' },
      },
      transitions: Object.fromEntries(
        names.map((name, index) => [`S${index} -> ${next(index)}`, { when: `ballots.${name}.passed` }]),
      ),
    });
    const staff = (size: number) =>
      people(
        ...Array.from({ length: size }, (_, i): [string, string, string] => [
          `p${i}`,
          `r${i % 5}`,
          `r${(i + 1) % 5}`,
        ]),
      );
    expect(ask(definition, staff(31), { k: 1 })).toMatchObject({
      staffed: true,
      decided: true,
      resilience: { holds: 0 },
    });
    expect(ask(definition, staff(30))).toMatchObject({ staffed: false, decided: true });
  });
});
