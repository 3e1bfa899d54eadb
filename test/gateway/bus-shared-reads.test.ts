/** Many who ask at once cost few reads, and nobody gets an answer from before his question. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SharedReads } from '../../src/gateway/shared-reads.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('no answer is older than its question, and one read at a time is under way for each key', async () => {
  const step = fc.oneof(
    fc.record({ ask: fc.constantFrom('a', 'b') }),
    fc.constantFrom('change', 'turn', 'fail'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let value = 0;
      let failing = false;
      const underWay = new Map<string, number>();
      const reads = new SharedReads(async (key) => {
        expect(underWay.get(key) ?? 0).toBe(0);
        underWay.set(key, 1);
        const seen = value;
        const fails = failing;
        failing = false;
        await turn();
        underWay.set(key, 0);
        if (fails) throw new Error('away');
        return seen;
      });
      const asked: Promise<void>[] = [];
      for (const each of steps) {
        if (each === 'change') value += 1;
        else if (each === 'turn') await turn();
        else if (each === 'fail') failing = true;
        else {
          const at = value;
          const answered = reads.read(each.ask).then(
            (answer) => expect(answer).toBeGreaterThanOrEqual(at),
            (error: Error) => expect(error.message).toBe('away'),
          );
          asked.push(answered);
        }
      }
      await Promise.all(asked);
    }),
  );
});

it('10,000 who ask at once are answered by two reads', async () => {
  let count = 0;
  const reads = new SharedReads(async () => {
    count += 1;
    await turn();
    return count;
  });
  const answers = await Promise.all(Array.from({ length: 10_000 }, () => reads.read('acme')));
  expect(count).toBe(2);
  expect(answers[0]).toBe(1);
  expect(new Set(answers.slice(1))).toEqual(new Set([2]));
});
