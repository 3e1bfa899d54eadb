/** A state that only a reopening leads to: `tsc` and the check have to say the same of it. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/machines/check.ts';
import { compileProject, writeProject } from '../types/project.ts';
import { define, sourceOf } from './build.ts';

const OPEN = { final: 'approved' };
const again = (to: string) => ({ ...OPEN, reopen: { trigger: 'back', to } });
const REGION = { initial: 'p', states: { p: {}, d: OPEN }, transitions: { 'p -> d': { trigger: 'ok' } } };

const CASES: readonly (readonly [string, object, object, string | undefined])[] = [
  ['goes on to an end', { B: {}, Y: again('B') }, { 'B -> Y': { trigger: 'ok' } }, undefined],
  [
    'goes on to an end of its own',
    { B: {}, Y: again('B'), Z: { final: 'rejected' } },
    { 'B -> Z': { trigger: 'ok' } },
    undefined,
  ],
  ['has regions', { B: { regions: { r: REGION } }, Y: again('B') }, { 'B -> Y': { join: 'all' } }, undefined],
  ['goes nowhere', { B: {}, Y: again('B') }, {}, 'DEAD_END'],
  [
    'belongs to an end that nothing reaches',
    { B: {}, Y: OPEN, Z: again('B') },
    { 'B -> Y': { trigger: 'ok' } },
    'UNREACHABLE_STATE',
  ],
  ['nothing joins', { B: { regions: { r: REGION } }, Y: again('B') }, {}, 'NO_JOIN'],
];

describe('a state that only a reopening leads to', () => {
  const sources = CASES.map(([, states, transitions]) =>
    sourceOf({
      triggers: ['go', 'ok', 'back'],
      states: { A: {}, ...states },
      transitions: { 'A -> Y': { trigger: 'go' }, ...transitions },
    }),
  );

  it.each(CASES.map(([what, , , code], index) => ({ what, code, source: sources[index] })))(
    'and that $what is judged so by the check',
    ({ code, source }) => {
      const found = check(define(source)).findings.filter(({ severity }) => severity === 'error');
      const codes = found.map((each) => each.code);
      if (code === undefined) expect(codes).toEqual([]);
      else expect(codes).toContain(code);
    },
  );

  it('is refused by tsc where the check refuses it, and nowhere else', async () => {
    const files = sources.map(
      (source, index) =>
        [
          `case-${index}.ts`,
          `import { workflow } from 'countersign';\nexport default workflow(${JSON.stringify(source)});\n`,
        ] as const,
    );
    const said = await compileProject(await writeProject(Object.fromEntries(files)));
    const refused = sources.flatMap((_, index) => (said.includes(`case-${index}.ts(`) ? [index] : []));
    expect(refused).toEqual(CASES.flatMap(([, , , code], index) => (code === undefined ? [] : [index])));
  }, 60_000);
});
