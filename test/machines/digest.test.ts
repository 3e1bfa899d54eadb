/** The digest: one per meaning. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { digestOf } from '../../src/machines/digest.ts';
import { formatDuration, MAX_DURATION_MS, parseDuration } from '../../src/machines/duration.ts';
import { loadText } from '../../src/machines/load.ts';
import { define, sourceOf } from './build.ts';

/** The same object with its keys, and those of everything in it, in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => ({ key, each, rank: random() }));
  if (!keepsOrder(value)) entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(entries.map(({ key, each }) => [key, shuffled(each, random)]));
}

/** Transitions several of which may leave one state by themselves: the first of them goes. */
function keepsOrder(value: object): boolean {
  const own = Object.entries(value).filter(
    ([key, each]) => key.includes(' -> ') && /"(when|join)":/.test(JSON.stringify(each)),
  );
  return own.length !== new Set(own.map(([key]) => key.split(' -> ')[0])).size;
}

const twoWays = (first: object, second: object) =>
  digestOf(
    define(
      sourceOf({ states: { A: {}, B: { final: 'approved' } }, transitions: { 'A -> B': [first, second] } }),
    ),
  );

describe('the digest', () => {
  it('does not depend on the order of keys where no transitions compete', () => {
    const numbers = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 200, maxLength: 200 });
    for (const source of Object.values(catalog)) {
      const digest = digestOf(define(source));
      fc.assert(
        fc.property(numbers, (ranks) => {
          let index = 0;
          const random = () => ranks[index++ % ranks.length] ?? 0;
          expect(digestOf(define(shuffled(source, random)))).toBe(digest);
        }),
        { numRuns: 20 },
      );
    }
  });

  it('depends on the order of transitions that compete for one trigger, and of no others', () => {
    const [go, goToo, ok] = [{ trigger: 'go', by: 'agent' }, { trigger: 'go' }, { trigger: 'ok' }];
    expect(twoWays(go, goToo)).not.toBe(twoWays(goToo, go));
    expect(twoWays(go, ok)).toBe(twoWays(ok, go));
  });

  it('does not depend on whether one value is written as a list, nor on how a duration is spelled', () => {
    expect(twoWays({ trigger: 'go', by: 'agent' }, { after: '24h' })).toBe(
      twoWays({ trigger: 'go', by: ['agent'] }, { after: '1d' }),
    );
  });
});

describe('the digest of ballots, attributes and conditions', () => {
  const source = {
    name: 'Grown',
    roles: ['x', 'y'],
    triggers: ['ok', 'no', 'back', 'go'],
    includes: { y: ['x'] },
    attributes: {
      risk: { oneOf: ['low', 'high'], amend: { in: ['A', 'B'], role: ['x', 'y'] } },
      size: { type: 'int', initial: 3 },
    },
    ballots: {
      code: {
        in: ['A', 'B'],
        role: ['x', 'y'],
        exclude: ['author', 'uploader'],
        cast: { ok: 'approve', no: 'reject' },
        needs: [{ approvals: 2 }, { each: ['x', 'y'] }],
        apart: ['legal', 'other'],
        revision: { keep: ['same_tree', 'same_patch'] },
      },
      legal: { in: 'C', cast: { ok: 'approve', back: 'retract' } },
      other: { in: 'C', cast: { no: 'approve' } },
    },
    revisions: { role: ['x', 'y'], by: ['person', 'agent'] },
    initial: 'A',
    states: {
      A: {},
      B: {},
      C: {},
      D: { final: 'approved', reopen: { trigger: 'back', to: 'A', void: ['code', 'legal'] } },
    },
    transitions: {
      'A -> B': { trigger: 'go' },
      'B -> C': { when: 'ballots.code.passed', void: 'all' },
      'C -> D': { when: 'ballots.legal.passed && ballots.other.passed' },
      'C -> A': { revision: true },
    },
  };
  const digest = digestOf(define(source));

  it('does not depend on the order of keys', () => {
    const numbers = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 100, maxLength: 100 });
    fc.assert(
      fc.property(numbers, (ranks) => {
        let index = 0;
        const random = () => ranks[index++ % ranks.length] ?? 0;
        expect(digestOf(define(shuffled(source, random)))).toBe(digest);
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the order of lists that mean sets, in the source or after it', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned).reverse();
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, key === 'oneOf' ? each : turned(each)]),
      );
    };
    expect(digestOf(define(turned(source)))).toBe(digest);
    const { transitions, ...rest } = define(source);
    expect(digestOf({ ...(turned(rest) as typeof rest), transitions })).toBe(digest);
  });

  it('is the same for TOML, JSON and the object of TypeScript', () => {
    const toml = `name = "T"
roles = []
triggers = ["go"]
initial = "A"
[attributes]
risk = { oneOf = ["low", "high"] }
[ballots.code]
in = "A"
cast = { go = "approve" }
applies = 'attributes.risk=="high"'
[states.A]
timers = { quiet = { after = "24h" } }
[states.B]
final = "approved"
[transitions]
"A -> B" = { when = "ballots.code.passed&&elapsed.quiet" }
`;
    const object = {
      transitions: { 'A -> B': [{ when: '(ballots.code.passed) && elapsed.quiet' }] },
      states: { B: { final: 'approved' }, A: { timers: { quiet: { after: '1d' } } } },
      ballots: {
        code: {
          applies: 'attributes.risk == "high"',
          in: ['A'],
          cast: { go: { value: 1 } },
          needs: [{ approvals: 1 }],
        },
      },
      attributes: { risk: { initial: 'low', oneOf: ['low', 'high'] } },
      initial: 'A',
      triggers: ['go'],
      roles: [],
      name: 'T',
    };
    const expected = digestOf(define(object));
    expect(loadText(toml, 'toml', 'a').digest).toBe(expected);
    expect(loadText(JSON.stringify(object), 'json', 'a').digest).toBe(expected);
  });

  it('depends on the order of what goes by itself out of one state', () => {
    const [first, second] = [{ when: 'threads.open == 0' }, { when: 'revision.number > 1' }];
    expect(twoWays(first, second)).not.toBe(twoWays(second, first));
    const between = (...edges: readonly (readonly [string, object])[]) =>
      digestOf(
        define(
          sourceOf({
            states: { A: {}, B: { final: 'approved' }, C: { final: 'rejected' } },
            transitions: Object.fromEntries(edges),
          }),
        ),
      );
    expect(between(['A -> B', { when: 'true' }], ['A -> C', { join: 'all' }])).not.toBe(
      between(['A -> C', { join: 'all' }], ['A -> B', { when: 'true' }]),
    );
    expect(between(['A -> B', { when: 'true' }], ['A -> C', { trigger: 'go' }])).toBe(
      between(['A -> C', { trigger: 'go' }], ['A -> B', { when: 'true' }]),
    );
  });

  it('depends on the order of ballots only where they hear one trigger in one place', () => {
    const ballot = (trigger: string, role: string) => ({ in: 'A', role, cast: { [trigger]: 'approve' } });
    const both = (ballots: object) =>
      digestOf(
        define({
          ...source,
          states: { ...source.states, D: { final: 'approved' } },
          ballots,
          transitions: { 'A -> D': { trigger: 'go' } },
        }),
      );
    const rivals = { a: ballot('ok', 'x'), b: ballot('ok', 'y') };
    expect(both({ a: rivals.a, b: rivals.b })).not.toBe(both({ b: rivals.b, a: rivals.a }));
    const apart = { a: ballot('ok', 'x'), b: ballot('no', 'y') };
    expect(both({ a: apart.a, b: apart.b })).toBe(both({ b: apart.b, a: apart.a }));
  });
});

describe('a duration', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_DURATION_MS / 1000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  it('is neither zero nor longer than ten years nor anything else', () => {
    for (const text of ['', '0s', '3651d', '1m1h', '-1h', '1.5h', '1', 'h', '1 h', '99999999999h'])
      expect(parseDuration(text)).toBeUndefined();
    expect(parseDuration('1h30m')).toBe(5_400_000);
    expect(parseDuration('3650d')).toBe(MAX_DURATION_MS);
  });
});
