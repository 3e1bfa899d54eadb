/** The pure step: XState alone, then with everything the product adds to it (rules, explanation, log entry). */
import { transition } from 'xstate';
import { proposed } from '../src/actors/live.ts';
import { step } from '../src/actors/step.ts';
import { compile, start } from '../src/machines/compile.ts';
import { normalise } from '../src/machines/normalise.ts';
import { sourceSchema } from '../src/machines/source.ts';
import { type Case, type Figure, figureOf } from './figures.ts';
import { parley, TURNS } from './parley.ts';
import { AUTHOR, REVIEWER } from './rig.ts';

const WARM_UP = 100_000;
const STEPS = 400_000;
/** Single steps are too short for the clock: latencies are those of so many in a row, divided. */
const AT_A_TIME = 100;

export async function steps(report: (line: Case) => void): Promise<void> {
  const workflow = compile(normalise(sourceSchema.parse(parley)));
  const events = TURNS.map(({ trigger, by }) => ({
    type: trigger,
    principal: by === 'author' ? AUTHOR : REVIEWER,
  }));
  const submitted = { type: 'submit', principal: AUTHOR };

  let [snapshot] = transition(workflow.machine, start(workflow, { author: AUTHOR.id }).snapshot, submitted);
  const alone = measure((turn) => {
    [snapshot] = transition(
      workflow.machine,
      snapshot,
      events[turn % events.length] as (typeof events)[number],
    );
  });

  const facts = { project: 'bench', key: null, title: '', author: AUTHOR.id, authorKind: 'person' } as const;
  const more = { definition: parley.name, definitionVersion: 1, attributes: null, createdAt: 0 };
  let live = step(proposed(workflow, { ...facts, ...more }), input('submit', AUTHOR, 'propose'), 0).live;
  live = step(live, input('submit', AUTHOR, 'event'), 0).live;
  const whole = measure((turn) => {
    const { trigger, by } = TURNS[turn % TURNS.length] as (typeof TURNS)[number];
    live = step(live, input(trigger, by === 'author' ? AUTHOR : REVIEWER, 'event'), 0).live;
  });
  report({ bench: 'step', case: 'xstate transition()', unit: 'steps/s', figure: alone, baseline: null });
  const baseline = { case: 'xstate transition()', figure: alone };
  report({ bench: 'step', case: 'step with rules and log', unit: 'steps/s', figure: whole, baseline });
}

function input(trigger: string, principal: typeof AUTHOR, kind: 'propose' | 'event') {
  const envelope = { principal };
  return kind === 'propose'
    ? ({ kind, envelope } as const)
    : ({ kind, envelope, command: { change: '', trigger } } as const);
}

function measure(operation: (turn: number) => void): Figure {
  for (let turn = 0; turn < WARM_UP; turn++) operation(turn);
  const latencies = new Float64Array(STEPS / AT_A_TIME);
  const began = performance.now();
  for (let group = 0; group < latencies.length; group++) {
    const from = performance.now();
    for (let turn = 0; turn < AT_A_TIME; turn++) operation(turn);
    latencies[group] = (performance.now() - from) / AT_A_TIME;
  }
  return figureOf(latencies, STEPS, performance.now() - began);
}
