/**
 * The vote rules against a naive model of them: the same random histories, the same answers after every event. Fewer or
 * more of them with `COUNTERSIGN_VOTE_HISTORIES=50000 npx vitest run test/machines/votes/model.test.ts`.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CompiledWorkflow, compile, start } from '../../../src/machines/compile.ts';
import { define } from '../build.ts';
import { standingOf } from './counting.ts';
import { histories, setups } from './generators.ts';
import { begin, tell } from './model.ts';
import { placeOf, send, standingIn } from './product.ts';
import type { Said } from './story.ts';
import { type Moves, workflow } from './workflow.ts';

const HISTORIES = Number(process.env.COUNTERSIGN_VOTE_HISTORIES ?? 10_000);
const SEED = process.env.COUNTERSIGN_SEED;
/** Compiling costs as much as a history; every definition lives through some. */
const PER_DEFINITION = 10;
const MINUTES = 60_000;

/** Both live through the history; after every event they have to say the same. */
function compare(product: CompiledWorkflow, moves: Moves, history: readonly Said[]): void {
  const rules = { ballots: product.definition.ballots ?? {}, moves };
  let story = begin(rules, 'ann');
  let { snapshot } = start(product, { author: 'ann' });
  for (const [nth, said] of history.entries()) {
    const told = tell(rules, story, said);
    const answer = send(product, snapshot, said, nth);
    story = told.story;
    snapshot = answer.snapshot;
    const modelled = {
      code: told.code,
      place: story.place,
      main: standingOf(rules.ballots, 'main', story),
      other: standingOf(rules.ballots, 'other', story),
    };
    const produced = {
      code: answer.code,
      place: placeOf(snapshot),
      main: standingIn(product, snapshot, 'main'),
      other: standingIn(product, snapshot, 'other'),
    };
    if (JSON.stringify(produced) !== JSON.stringify(modelled))
      expect(produced, `after ${JSON.stringify(history.slice(0, nth + 1))}`).toEqual(modelled);
  }
}

it(
  'the machine answers, counts and decides as the rules say, whatever happens',
  () => {
    fc.assert(
      fc.property(
        setups,
        fc.array(histories, { minLength: PER_DEFINITION, maxLength: PER_DEFINITION, size: 'max' }),
        (setup, all) => {
          const product = compile(define(workflow(setup)));
          for (const history of all) compare(product, setup.moves, history);
        },
      ),
      { numRuns: Math.ceil(HISTORIES / PER_DEFINITION), ...(SEED !== undefined && { seed: Number(SEED) }) },
    );
  },
  20 * MINUTES,
);
