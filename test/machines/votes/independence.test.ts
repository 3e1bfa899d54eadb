/**
 * Nobody approves what he had a hand in, and nobody counts twice: an adversary tries, and whenever the machine says
 * Approved an oracle that saw the same events has to find two independent people. More tries with
 * `COUNTERSIGN_VOTE_HISTORIES=20000 npx vitest run test/machines/votes/independence.test.ts`.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompiledWorkflow, compile, start } from '../../../src/machines/compile.ts';
import { define, sourceOf } from '../build.ts';
import { type Memory, objection, remember, remembering } from './oracle.ts';
import { eventOf, type Ploy, ploys } from './ploys.ts';
import { placeOf, send } from './product.ts';

const HISTORIES = Number(process.env.COUNTERSIGN_VOTE_HISTORIES ?? 600);
const SEED = process.env.COUNTERSIGN_SEED;
const MINUTES = 60_000;

const CAST = { yes: 'approve', strong: 2, none: 'abstain', no: 'reject', back: 'retract', wipe: 'clear' };

/** A change is Approved for as long as the ballot is passed; every vote outlives every revision. */
function approval(ballot: object): CompiledWorkflow {
  const source = sourceOf({
    name: 'Approval',
    roles: ['dev', 'lead'],
    triggers: Object.keys(CAST),
    initial: 'Review',
    revisions: {},
    ballots: { it: { in: ['Review', 'Approved'], cast: CAST, revision: 'keep', ...ballot } },
    states: { Review: {}, Approved: {} },
    transitions: {
      'Review -> Approved': { when: 'ballots.it.passed' },
      'Approved -> Review': { when: '!ballots.it.passed' },
    },
  });
  return compile(define(source));
}

interface Story {
  readonly said: string[];
  /** After how many events it was approved. */
  readonly approved: number;
}

function live(workflow: CompiledWorkflow, asksOwners: boolean, attempt: readonly Ploy[]): Story {
  let memory: Memory = remembering('ann');
  let { snapshot } = start(workflow, { author: 'ann' });
  const said: string[] = [];
  let approved = 0;
  for (const [nth, ploy] of attempt.entries()) {
    const event = eventOf(ploy, memory);
    const answer = send(workflow, snapshot, event, nth);
    snapshot = answer.snapshot;
    if (answer.code === undefined) memory = remember(memory, event);
    said.push(`${JSON.stringify(event)}: ${answer.code ?? 'accepted'}`);
    if (placeOf(snapshot) !== 'Approved') continue;
    approved += 1;
    const wrong = objection(memory, asksOwners);
    if (wrong) expect.fail(`The change is approved, but ${wrong}.\n${said.join('\n')}`);
  }
  return { said, approved };
}

function attack(workflow: CompiledWorkflow, asksOwners = false): void {
  let approved = 0;
  fc.assert(
    fc.property(ploys, (attempt) => {
      approved += live(workflow, asksOwners, attempt).approved;
    }),
    { numRuns: HISTORIES, ...(SEED !== undefined && { seed: Number(SEED) }) },
  );
  // An adversary that never sees an approval proves nothing.
  expect(approved).toBeGreaterThan(HISTORIES / 10);
}

describe('an approved change has two independent approvers at every moment', () => {
  const two = { approvals: 2 };
  const contributors = { exclude: 'contributors' };

  it(
    'where contributors may not vote',
    () => attack(approval({ ...contributors, needs: two })),
    10 * MINUTES,
  );

  it(
    'where contributors may vote and do not count',
    () => attack(approval({ needs: { ...two, ...contributors } })),
    10 * MINUTES,
  );

  it(
    'where only those with a role may vote, and another role has to be among them',
    () => attack(approval({ ...contributors, role: 'dev', needs: [two, { approvals: 1, of: 'lead' }] })),
    10 * MINUTES,
  );

  it(
    'where the owners of every touched file have to be among them',
    () => attack(approval({ ...contributors, needs: [two, { each: 'owners' }] }), true),
    10 * MINUTES,
  );
});
