/** The objects of a JSON file, whatever stands around them, without the whole of it in memory. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectsOf } from '../../src/cli/import/objects.ts';
import { file } from './rig.ts';

async function read(content: string | Uint8Array, at = file('export.json', content)): Promise<unknown[]> {
  const values = [];
  for await (const { value } of objectsOf(at)) values.push(value);
  return values;
}

describe('the objects of a file', () => {
  it('are the same in a list, in lists of lists, one a line, spread out, and after the line of Gerrit', async () => {
    const at = file('any.json', '');
    const text = fc.oneof(fc.string(), fc.constantFrom('}', '{"', '\\', '"', ']}', '\n', '\u2028', '😀'));
    const object = fc.dictionary(text, fc.oneof(fc.jsonValue(), text), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.array(object, { maxLength: 5 }), async (objects) => {
        const plain = JSON.parse(JSON.stringify(objects));
        for (const content of [
          JSON.stringify(objects),
          `)]}'\n${JSON.stringify([objects], null, 2)}`,
          objects.map((each) => `${JSON.stringify(each)}\n`).join(''),
          objects.map((each) => JSON.stringify([each], null, 1)).join(''),
        ]) {
          writeFileSync(at, content);
          expect(await read('', at)).toEqual(plain);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are found across the borders of what is read at once, and in a gzipped file', async () => {
    const objects = Array.from({ length: 30 }, (_, n) => ({ n, text: '{"\\'.repeat(3_000) }));
    expect(await read(JSON.stringify(objects))).toEqual(objects);
    expect(await read(gzipSync(JSON.stringify(objects)))).toEqual(objects);
  });

  it('tell in which line each begins', async () => {
    const lines = [];
    for await (const { line } of objectsOf(file('l.json', '[\n{\n"a":1},\n\n{}]'))) lines.push(line);
    expect(lines).toEqual([2, 5]);
  });

  it.each([
    ['text between objects', '[{}\nhello]', ':2 is not JSON'],
    ['an object that does not end', '[\n{"a":"}', ':2 begins an object that does not end'],
    ['a list that does not end', '[{}', ':1 ends within a list'],
    ['a list that did not begin', '{}]', 'did not begin'],
    ['an object that is no JSON', '{}\n{a:1}', ':2 is not JSON'],
    ['half of the line of Gerrit', ')]x', 'is not JSON'],
  ])('are refused after %s, with the number of the line', async (_, content, message) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(message),
    });
  });
});
