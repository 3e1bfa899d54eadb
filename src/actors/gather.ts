/**
 * Many small questions as few big ones: while one query runs, the next questions gather. No question is answered by a
 * query that began before it was asked, so an answer is never older than its question.
 */

/** `ask` gets the distinct questions (by `name`) and answers them by name; a question it leaves out has no answer. */
export function gathering<Question, Answer>(
  name: (question: Question) => string,
  ask: (questions: readonly Question[]) => Promise<ReadonlyMap<string, Answer>>,
): (question: Question) => Promise<Answer | undefined> {
  let waiting = new Map<string, Question>();
  let next: Promise<ReadonlyMap<string, Answer>> | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const begin = async (): Promise<ReadonlyMap<string, Answer>> => {
    // A failure belongs to those who asked, not to those who wait behind them.
    await running.catch(() => undefined);
    const questions = [...waiting.values()];
    waiting = new Map();
    next = undefined;
    const asked = ask(questions);
    running = asked;
    return asked;
  };

  return async (question) => {
    waiting.set(name(question), question);
    next ??= begin();
    return (await next).get(name(question));
  };
}
