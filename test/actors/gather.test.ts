import { describe, expect, it } from 'vitest';
import { gathering } from '../../src/actors/gather.ts';

function rig() {
  const queries: { questions: readonly number[]; answer: (failed?: Error) => void }[] = [];
  const ask = gathering<number, string>(String, (questions) => {
    return new Promise((resolve, reject) => {
      const answer = (failed?: Error) =>
        failed ? reject(failed) : resolve(new Map(questions.map((each) => [String(each), `answer ${each}`])));
      queries.push({ questions, answer });
    });
  });
  return { queries, ask };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('gathering', () => {
  it('asks what came while a query ran in one query after it, each question once', async () => {
    const { queries, ask } = rig();
    const first = ask(1);
    await turn();
    const others = [ask(2), ask(3), ask(2), ask(1)];
    await turn();
    expect(queries.map(({ questions }) => questions)).toEqual([[1]]);
    queries[0]?.answer();
    expect(await first).toBe('answer 1');
    await turn();
    expect(queries[1]?.questions).toEqual([2, 3, 1]);
    queries[1]?.answer();
    expect(await Promise.all(others)).toEqual(['answer 2', 'answer 3', 'answer 2', 'answer 1']);
  });

  it('gives a failure to those who asked and goes on with those who wait', async () => {
    const { queries, ask } = rig();
    const failing = ask(1).catch((error: Error) => error.message);
    await turn();
    const next = ask(2);
    queries[0]?.answer(new Error('away'));
    expect(await failing).toBe('away');
    await turn();
    queries[1]?.answer();
    expect(await next).toBe('answer 2');
  });
});
