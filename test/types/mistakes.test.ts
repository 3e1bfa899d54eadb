/** `tsc` itself refuses each mistake, in a sentence, at its line. One run of the compiler for all of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MISTAKES } from './mistakes.ts';
import { changed, compileProject, SOUND, writeProject } from './project.ts';

const fileOf = (index: number) => `mistake-${index}.ts`;

let diagnostics = '';
beforeAll(async () => {
  const files = MISTAKES.map(({ changes }, index) => [fileOf(index), changed(changes)] as const);
  diagnostics = await compileProject(await writeProject({ ...Object.fromEntries(files), 'sound.ts': SOUND }));
}, 60_000);

/** The diagnostics of one file: each is a line that names a place, and indented lines that explain it. */
function errorsIn(file: string): { line: number; text: string }[] {
  return diagnostics
    .split(/\n(?=\S)/)
    .filter((each) => each.startsWith(`${file}(`))
    .map((text) => ({ line: Number(/\((\d+),/.exec(text)?.[1]), text }));
}

describe('tsc', () => {
  it('accepts the sound workflow', () => {
    expect(errorsIn('sound.ts')).toEqual([]);
  });

  for (const [index, { mistake, changes, sentence }] of MISTAKES.entries())
    it(`answers ${mistake} with a sentence at its line`, () => {
      const line = changed(changes)
        .split('\n')
        .findIndex((text) => text.includes('// <-'));
      const errors = errorsIn(fileOf(index));
      expect(errors.map(({ text }) => text).join('\n')).toContain(sentence);
      expect(errors.find(({ text }) => text.includes(sentence))?.line).toBe(line + 1);
      expect(errors.filter(({ text }) => !text.includes('Problem<'))).toEqual([]);
    });
});
