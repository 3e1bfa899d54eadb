/** The tests themselves: their names are sentences, and all of them run. */
import { describe, expect, it } from 'vitest';
import { filesUnder, read } from './sources.ts';

const files = filesUnder('test', '.ts').filter((path) => !path.startsWith('test/repo/tests.'));
const TITLE = /^\s*(?:it|test)(?:\.\w+(?:\([^)]*\))?)*\(\s*(['"`])(.+?)\1/gm;

describe('tests', () => {
  it('are never switched off or singled out', () => {
    const off = /\b(?:it|test|describe|suite)\.(?:skip|only|todo|fails)\b/;
    expect(files.filter((path) => off.test(read(path)))).toEqual([]);
  });

  it('have sentences for names', () => {
    const titles = files.flatMap((path) => [...read(path).matchAll(TITLE)].map((match) => match[2] ?? ''));
    expect(titles.filter((title) => title.split(' ').length < 3 || title.startsWith('should '))).toEqual([]);
  });
});
