/** One idea per file: the sizes STYLE.md allows, and the comment that says what the idea is. */
import { describe, expect, it } from 'vitest';
import { filesUnder, read } from './sources.ts';

const files = filesUnder('src', '.ts').map((path) => ({ path, text: read(path) }));
const lines = (text: string) => text.split('\n').length - 1;

describe('files in src', () => {
  it('have at most 150 lines in the median', () => {
    const sizes = files.map(({ text }) => lines(text)).sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(150);
  });

  it('have at most 400 lines each', () => {
    expect(files.filter(({ text }) => lines(text) > 400).map(({ path }) => path)).toEqual([]);
  });

  it('open with a comment', () => {
    expect(files.filter(({ text }) => !/^(#!.*\n)?(\/\*\*|\/\/)/.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });
});
