/** Why something asked of a client did not happen. */
import type { Problem } from './frames.ts';

/** The server's own answer: a refusal of the workflow, or an error. `problem.code` is stable. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** The connection ended before the answer came: nobody knows whether it was done. */
export class ConnectionLost extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(`The connection ended (${code}${reason === '' ? '' : `, ${reason}`}) before the answer came.`);
    this.name = 'ConnectionLost';
    this.code = code;
  }
}

/** The client itself will not do it: it was closed, or its queue is full. */
export class NotSent extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotSent';
  }
}
