/** The digest: one per meaning. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { digestOf } from '../../src/machines/digest.ts';
import { formatDuration, MAX_DURATION_MS, parseDuration } from '../../src/machines/duration.ts';
import { define, sourceOf } from './build.ts';

/** The same object with its keys, and those of everything in it, in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => ({ key, each, rank: random() }));
  entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(entries.map(({ key, each }) => [key, shuffled(each, random)]));
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
