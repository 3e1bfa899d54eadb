/** Nothing a change holds is longer than what the cost of its conditions was counted with. */
import { describe, expect, it } from 'vitest';
import { BOUNDS, builtInRefusal, misfit } from '../../src/machines/built-in.ts';
import { check } from '../../src/machines/check.ts';
import { holds } from '../../src/machines/facts.ts';
import { define, person, sourceOf } from './build.ts';

const tests = (count: number) =>
  Array.from({ length: count }, (_, index) => `f.startsWith("area${index}/")`).join(' || ');
const definition = (condition: string) =>
  define(
    sourceOf({
      triggers: ['go'],
      attributes: { labels: 'list' },
      states: { A: {}, B: { final: 'approved' } },
      transitions: { 'A -> B': { trigger: 'go', if: condition } },
    }),
  );
const codes = (condition: string) => check(definition(condition)).findings.map(({ code }) => code);
const plain = definition('true');

describe('conditions over the files of a revision', () => {
  it('may test each file in eight ways, and not in so many that it could take long', () => {
    expect(codes(`revision.files.exists(f, ${tests(8)})`)).toEqual([]);
    expect(codes(`size(revision.files.filter(f, f.endsWith(".md"))) == size(revision.files)`)).toEqual([]);
    expect(codes(`revision.files.exists(f, ${tests(9)})`)).toEqual(['CONDITION']);
    expect(codes('revision.files.all(f, revision.files.exists(g, f == g))')).toEqual(['CONDITION']);
  });

  it('see every file of the largest revision there is', () => {
    const files = Array.from({ length: BOUNDS.files }, (_, index) => `src/${index}.ts`);
    const facts = { revision: { files: [...files.slice(1), 'area7/last.ts'] } };
    expect(holds(`revision.files.exists(f, ${tests(8)})`, facts)).toBe(true);
    expect(holds(`revision.files.all(f, f.startsWith("src/"))`, facts)).toBe(false);
  });

  it('never meet more: such a revision is refused', () => {
    const revise = (count: number) => ({
      type: 'change.revise',
      principal: person('ann'),
      data: { files: Array.from({ length: count }, (_, index) => `${index}`) },
      value: 'A',
    });
    const context = { author: 'ann', escalated: {} };
    expect(builtInRefusal(plain, context, revise(BOUNDS.files))).toBeUndefined();
    expect(builtInRefusal(plain, context, revise(BOUNDS.files + 1))?.code).toBe('DATA_INVALID');
  });
});

it('an attribute holds no more texts than conditions count with', () => {
  const labels = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
  expect(misfit(plain, 'labels', labels(BOUNDS.list))).toBeUndefined();
  expect(misfit(plain, 'labels', labels(BOUNDS.list + 1))).toBe(
    'the attribute "labels" holds up to 200 texts, not 201',
  );
});
