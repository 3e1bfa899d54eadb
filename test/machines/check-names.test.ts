/** Names, ballots, attributes and conditions: each finding, and where it points in every format. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/machines/check.ts';
import { loadText } from '../../src/machines/load.ts';
import { placeOf } from '../../src/machines/locate.ts';
import { readTs } from '../../src/machines/locate-ts.ts';
import { define, sourceOf } from './build.ts';

const CODE = { in: 'A', cast: { ok: 'approve', no: 'reject' } };
const BASE = {
  roles: ['x', 'y'],
  states: { A: {}, B: { final: 'approved' } },
  transitions: { 'A -> B': { trigger: 'go' }, 'A -> A': { revision: true } },
};

/** `CODE path` of every finding but those about what is not used. */
function found(parts: object, keepUnused = false): string[] {
  const { findings } = check(define(sourceOf({ ...BASE, ...parts })));
  return findings
    .filter(({ code }) => keepUnused || !code.startsWith('UNUSED'))
    .map(({ code, path }) => `${code} ${path.join('/')}`);
}

function ballot(parts: object, more: object = {}): string[] {
  return found({ ballots: { code: { ...CODE, ...parts } }, ...more });
}

describe('the check of names', () => {
  it('finds unknown roles wherever roles are named', () => {
    expect(found({ includes: { boss: 'x', x: 'helper' } })).toEqual([
      'UNKNOWN_ROLE includes/boss',
      'UNKNOWN_ROLE includes/x',
    ]);
    expect(found({ revisions: { role: 'z' } })).toEqual(['UNKNOWN_ROLE revisions/role']);
    expect(found({ suspension: { suspend: { role: 'z' } } })).toEqual([
      'UNKNOWN_ROLE suspension/suspend/role',
    ]);
    expect(found({ attributes: { a: { type: 'int', amend: { in: 'A', role: 'z' } } } })).toEqual([
      'UNKNOWN_ROLE attributes/a/amend/role',
    ]);
    expect(ballot({ role: 'z' })).toEqual(['UNKNOWN_ROLE ballots/code/role']);
    expect(ballot({ cast: { ok: { value: 'approve', role: 'z' }, no: 'reject' } })).toEqual([
      'UNKNOWN_ROLE ballots/code/cast/ok/role',
    ]);
    expect(ballot({ weights: { z: 2 } })).toEqual(['UNKNOWN_ROLE ballots/code/weights/z']);
    expect(
      ballot({ needs: [{ approvals: 1, of: 'z' }, { share: 50, of: 'w' }, { each: ['x', 'v'] }] }),
    ).toEqual([
      'UNKNOWN_ROLE ballots/code/needs/0/of',
      'UNKNOWN_ROLE ballots/code/needs/1/of',
      'UNKNOWN_ROLE ballots/code/needs/2/each',
    ]);
  });

  it('warns of roles that include each other', () => {
    expect(found({ includes: { x: 'y', y: 'x' } })).toEqual(['INCLUDES_CYCLE includes/x']);
    expect(check(define(sourceOf({ ...BASE, includes: { x: 'y', y: 'x' } }))).sound).toBe(true);
  });

  it('finds unknown triggers, places and ballots', () => {
    expect(ballot({ cast: { fly: 'approve' } })).toEqual(['UNKNOWN_TRIGGER ballots/code/cast/fly']);
    expect(ballot({ in: ['A', 'X', 'A.code'] })).toEqual([
      'UNKNOWN_PLACE ballots/code/in',
      'UNKNOWN_PLACE ballots/code/in',
    ]);
    expect(ballot({ in: 'B' })).toEqual(['UNKNOWN_PLACE ballots/code/in']);
    expect(found({ attributes: { a: { type: 'int', amend: { in: 'X' } } } })).toEqual([
      'UNKNOWN_PLACE attributes/a/amend/in',
    ]);
    expect(ballot({ apart: 'security' })).toEqual(['UNKNOWN_BALLOT ballots/code/apart']);
    expect(found({ transitions: { 'A -> B': { trigger: 'go', void: 'code' } } })).toEqual([
      'UNKNOWN_BALLOT transitions/A -> B/0/void',
    ]);
  });

  it('finds reopenings that lead nowhere or to an end', () => {
    const reopened = (reopen: object) =>
      found({
        states: { A: {}, B: { final: 'approved', reopen }, C: { final: 'rejected' } },
        transitions: { 'A -> B': { trigger: 'go' }, 'A -> C': { trigger: 'no' } },
      });
    expect(reopened({ trigger: 'back', to: 'A' })).toEqual([]);
    expect(reopened({ trigger: 'back', to: 'X' })).toEqual(['UNKNOWN_STATE states/B/reopen/to']);
    expect(reopened({ trigger: 'back', to: 'C' })).toEqual(['REOPENED_TO_FINAL states/B/reopen/to']);
    expect(reopened({ trigger: 'fly', to: 'A' })).toEqual(['UNKNOWN_TRIGGER states/B/reopen/trigger']);
  });

  it('finds superseded changes that end nowhere, or do not end', () => {
    expect(found({ supersede: { to: 'B' } })).toEqual([]);
    expect(found({ supersede: { to: 'X' } })).toEqual(['UNKNOWN_STATE supersede/to']);
    expect(found({ supersede: { to: 'A' } })).toEqual(['SUPERSEDED_TO_OPEN supersede/to']);
    expect(found({ supersede: { role: 'boss', to: 'B' } })).toEqual(['UNKNOWN_ROLE supersede/role']);
  });

  it('finds attributes that start as what they cannot be', () => {
    expect(found({ attributes: { risk: { oneOf: ['low', 'high'], initial: 'huge' } } })).toEqual([
      'BAD_INITIAL attributes/risk/initial',
    ]);
    expect(found({ attributes: { size: { type: 'int', initial: true } } })).toEqual([
      'BAD_INITIAL attributes/size/initial',
    ]);
  });

  it('warns of ballots that no condition reads, and counts votes and needs as uses', () => {
    const all = (transition: object) =>
      found(
        {
          triggers: ['go', 'ok', 'no', 'spare'],
          ballots: { code: { ...CODE, role: 'x', needs: { approvals: 1, of: 'x' }, weights: { y: 2 } } },
          transitions: { 'A -> B': [{ trigger: 'go' }, transition] },
        },
        true,
      );
    expect(all({ after: '1d' })).toEqual(['UNUSED_TRIGGER triggers/3', 'UNUSED_BALLOT ballots/code']);
    expect(all({ when: 'ballots.code.passed' })).toEqual(['UNUSED_TRIGGER triggers/3']);
  });

  it('names what could be removed', () => {
    const { findings } = check(
      define({
        ...{ name: 'T', roles: [], triggers: ['go', 'ok', 'spare'], initial: 'A' },
        ballots: { code: { in: 'A', cast: { ok: 'approve' } } },
        states: { A: {}, B: { final: 'approved' } },
        transitions: { 'A -> B': { trigger: 'go' } },
      }),
    );
    expect(findings.map(({ repair }) => repair)).toEqual([
      'Remove "spare" from "triggers".',
      'Remove "code" from "ballots".',
    ]);
  });

  it('finds needs that no vote can satisfy', () => {
    const need = 'IMPOSSIBLE_NEED ballots/code/needs/0';
    expect(ballot({ needs: { approvals: 1, at: 2 } })).toEqual([need]);
    expect(ballot({ needs: { approvals: 1, at: 2 }, cast: { ok: 2 } })).toEqual([]);
    expect(ballot({ needs: { majority: true }, cast: { no: 'reject' } })).toEqual([need]);
    expect(ballot({ needs: { approvals: 1 }, cast: { ok: 'retract' } })).toEqual([need]);
    expect(ballot({ needs: { weight: 3 }, role: 'x', weights: { x: 0 } })).toEqual([need]);
    expect(ballot({ needs: { approvals: 1, of: 'y' }, role: 'x' })).toEqual([`${need}/of`]);
    expect(ballot({ needs: { approvals: 1, of: 'y' }, role: 'x' }, { includes: { y: 'x' } })).toEqual([]);
    expect(ballot({ needs: { each: ['x', 'y'] }, role: 'x' })).toEqual([`${need}/each`]);
  });

  it('finds votes that a transition or another ballot always takes instead', () => {
    const shadow = 'SHADOWED_TRIGGER ballots/code/cast/ok';
    const by = (transition: object, parts: object = {}) =>
      ballot(parts, { transitions: { 'A -> B': { trigger: 'ok', ...transition } } });
    expect(by({})).toEqual([shadow]);
    expect(by({ role: 'x' })).toEqual([]);
    expect(by({ role: 'x' }, { role: 'x' })).toEqual([shadow]);
    expect(by({ if: 'author == "ann"' })).toEqual([]);
    expect(by({ exclude: 'uploader' }, { exclude: 'author' })).toEqual([]);
    expect(by({ exclude: 'author' }, { exclude: 'contributors' })).toEqual([shadow]);
    expect(found({ ballots: { first: CODE, code: CODE } })).toEqual([
      shadow,
      'SHADOWED_TRIGGER ballots/code/cast/no',
    ]);
  });
});

describe('the check of conditions', () => {
  const when = (text: string, more: object = {}) =>
    found({ transitions: { 'A -> B': [{ trigger: 'go' }, { when: text }] }, ...more });
  const WHEN = 'CONDITION transitions/A -> B/1/when';
  const region = {
    initial: 'p',
    states: { p: {}, f: { final: 'approved' } },
    transitions: { 'p -> f': { trigger: 'ok' } },
  };
  const states = { A: { regions: { r: region } }, B: { final: 'approved' } };

  it('holds every condition to what is declared', () => {
    expect(when('attributes.risk == "high"')).toEqual([WHEN]);
    expect(when('attributes.risk == "high"', { attributes: { risk: { oneOf: ['low', 'high'] } } })).toEqual(
      [],
    );
    expect(when('attributes.risk == "hgih"', { attributes: { risk: { oneOf: ['low', 'high'] } } })).toEqual([
      WHEN,
    ]);
    expect(when('revision.number')).toEqual([WHEN]);
    const condition = (place: string) => [`CONDITION ${place}`];
    const bad = 'ballots.cod.passed';
    expect(found({ transitions: { 'A -> B': { trigger: 'go', if: bad } } })).toEqual(
      condition('transitions/A -> B/0/if'),
    );
    expect(found({ revisions: { if: bad } })).toEqual(condition('revisions/if'));
    expect(ballot({ applies: bad })).toEqual(condition('ballots/code/applies'));
    expect(ballot({ override: bad })).toEqual(condition('ballots/code/override'));
    expect(ballot({ needs: [{ approvals: 1, if: bad }] })).toEqual(condition('ballots/code/needs/0/if'));
    expect(ballot({ if: bad })).toEqual(condition('ballots/code/if'));
  });

  it('lets a region be read within its state only, and by the machine only in the form it knows', () => {
    expect(when('regions.r == "f"', { states })).toEqual([]);
    expect(when('!(regions.r != "f" || threads.open > 0)', { states })).toEqual([]);
    expect(when('regions.r == "g"', { states })).toEqual([WHEN]);
    expect(when('regions.r in ["p", "f"]', { states })).toEqual([WHEN]);
    expect(when('regions.r.startsWith("f")', { states })).toEqual([WHEN]);
    expect(when('regions.r == "f"')).toContain(WHEN);
    const asked = (text: string) =>
      found({ states, transitions: { 'A -> B': [{ join: 'all' }, { trigger: 'go', if: text }] } });
    expect(asked('regions.r in ["p", "f"]')).toEqual([]);
    expect(
      found({
        states,
        transitions: { 'A -> B': { join: 'all' } },
        ballots: { code: { in: 'A', cast: { no: 'reject', go: 'approve' }, applies: 'regions.r == "f"' } },
      }),
    ).toEqual(['CONDITION ballots/code/applies']);
  });

  it('lets the sender be read only where somebody sends something', () => {
    expect(when('sender.kind == "agent"')).toEqual([WHEN]);
    expect(
      found({
        transitions: { 'A -> B': [{ trigger: 'go', if: 'sender.kind == "agent"' }, { after: '1d' }] },
      }),
    ).toEqual([]);
  });

  it('finds ballots that are judged by themselves', () => {
    const two = (first: string, second: string) =>
      found({
        ballots: {
          a: { in: 'A', cast: { ok: 'approve' }, applies: first },
          b: { in: 'A', cast: { no: 'approve' }, override: second },
        },
      });
    expect(two('ballots.b.passed', 'ballots.a.vetoed')).toEqual(['CONDITION_CYCLE ballots/a/applies']);
    expect(two('ballots.a.approvals == 0', 'true')).toEqual(['CONDITION_CYCLE ballots/a/applies']);
    expect(two('ballots.b.passed', 'threads.open == 0')).toEqual([]);
  });
});

describe('places of findings', () => {
  const toml = `name = "T"
roles = []
triggers = ["go", "ok"]
initial = "A"

[ballots.code]
in = "Reviw"
cast = { ok = "approve" }
needs = { approvals = 1, at = 2 }

[states.A]
[states.B]
final = "approved"

[transitions]
"A -> B" = [{ trigger = "go" }, { when = "ballots.cod.passed" }]
`;
  const source = {
    name: 'T',
    roles: [],
    triggers: ['go', 'ok'],
    initial: 'A',
    ballots: { code: { in: 'Reviw', cast: { ok: 'approve' }, needs: { approvals: 1, at: 2 } } },
    states: { A: {}, B: { final: 'approved' } },
    transitions: { 'A -> B': [{ trigger: 'go' }, { when: 'ballots.cod.passed' }] },
  };
  const wanted = ['UNKNOWN_PLACE', 'IMPOSSIBLE_NEED', 'CONDITION'];

  it('are those of the text in TOML, JSON and TypeScript', () => {
    const inToml = loadText(toml, 'toml', 'a').findings.filter(({ code }) => wanted.includes(code));
    expect(inToml.map(({ code, where }) => [code, where.line])).toEqual([
      ['UNKNOWN_PLACE', 7],
      ['IMPOSSIBLE_NEED', 9],
      ['CONDITION', 16],
    ]);
    const json = JSON.stringify(source, null, 1);
    const lines = json.split('\n');
    const marks = new Map([
      ['UNKNOWN_PLACE', 'Reviw'],
      ['IMPOSSIBLE_NEED', '"needs"'],
      ['CONDITION', 'cod.passed'],
    ]);
    const inJson = loadText(json, 'json', 'a').findings.filter(({ code }) => wanted.includes(code));
    expect(inJson).toHaveLength(3);
    for (const { code, where } of inJson) expect(lines[where.line - 1]).toContain(marks.get(code));
    const read = readTs(`workflow(${json})`);
    if (!read.ok) throw new Error('the TypeScript cannot be read');
    for (const { code, path, at } of check(define(source)).findings)
      if (code === 'CONDITION') expect(lines[placeOf(read.tree, path, at).line - 1]).toMatch(/cod\.passed/);
  });
});
