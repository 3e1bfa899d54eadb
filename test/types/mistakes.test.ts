/** `tsc` itself refuses each mistake, in a sentence, at its line. One run of the compiler for all of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { GROWN } from './grown.ts';
import { MISTAKES } from './mistakes.ts';
import { BALLOT_MISTAKES } from './mistakes-ballots.ts';
import { DECLARED_MISTAKES } from './mistakes-declared.ts';
import { STATE_MISTAKES } from './mistakes-states.ts';
import { changed, compileProject, SOUND, writeProject } from './project.ts';

const ALL = [
  ...MISTAKES.map((each) => ({ ...each, text: changed(each.changes) })),
  ...[...BALLOT_MISTAKES, ...DECLARED_MISTAKES, ...STATE_MISTAKES].map((each) => ({
    ...each,
    text: changed(each.changes, GROWN),
  })),
];

const fileOf = (index: number) => `mistake-${index}.ts`;

let diagnostics = '';
beforeAll(async () => {
  const files = ALL.map(({ text }, index) => [fileOf(index), text] as const);
  const all = { ...Object.fromEntries(files), 'sound.ts': SOUND, 'grown.ts': GROWN };
  diagnostics = await compileProject(await writeProject(all));
}, 120_000);

/** The diagnostics of one file: each is a line that names a place, and indented lines that explain it. */
function errorsIn(file: string): { line: number; text: string }[] {
  return diagnostics
    .split(/\n(?=\S)/)
    .filter((each) => each.startsWith(`${file}(`))
    .map((text) => ({ line: Number(/\((\d+),/.exec(text)?.[1]), text }));
}

describe('tsc', () => {
  it('accepts the sound workflows', () => {
    expect([...errorsIn('sound.ts'), ...errorsIn('grown.ts')]).toEqual([]);
  });

  for (const [index, { mistake, text, sentence }] of ALL.entries())
    it(`answers ${mistake} with a sentence at its line`, () => {
      const line = text.split('\n').findIndex((each) => each.includes('// <-'));
      const errors = errorsIn(fileOf(index));
      expect(errors.map((each) => each.text).join('\n')).toContain(sentence);
      expect(errors.find((each) => each.text.includes(sentence))?.line).toBe(line + 1);
      expect(errors.filter((each) => !each.text.includes('Problem<'))).toEqual([]);
    });
});
