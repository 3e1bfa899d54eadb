/** The words of the design stand in `docs/glossary.md` once, and so does every table that users can see. */
import { expect, it } from 'vitest';
import { filesUnder, read } from './sources.ts';

const glossary = read('docs/glossary.md');

function tables(): string[] {
  const sql = filesUnder('src/persistence/migrations', '.sql').map(read).join('\n');
  const names = [...sql.matchAll(/^\s*create table (?:if not exists )?(?:\w+\.)?(\w+)/gim)].map(
    (match) => match[1] ?? '',
  );
  return [...new Set(names)];
}

it('every table of the migrations is in the glossary', () => {
  expect(tables().filter((table) => !glossary.includes(`\`${table}\``))).toEqual([]);
});

it('the glossary defines each word once', () => {
  const words = [...glossary.matchAll(/^- \*\*(.+?)\*\*/gm)].map((match) => match[1] ?? '');
  expect(words.length).toBeGreaterThan(0);
  expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
});
