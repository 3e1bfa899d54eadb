/** Ordinary workflows whose regions one condition around them reads all, so that nothing of them can be checked apart. */
import type { Definition } from '../src/machines/definition.ts';
import { normalise } from '../src/machines/normalise.ts';
import { sourceSchema } from '../src/machines/source.ts';

type Region = {
  readonly initial: string;
  readonly states: object;
  readonly transitions: Record<string, object>;
};

/** Builds region `index`. */
type Family = (index: number) => Region;

/** The families by name; each has at most six regions and sixty states. */
export function workflows(): (readonly [string, Definition])[] {
  return [
    ['one state after the other', around(0, toggled)],
    ['four regions that ballots toggle', around(4, toggled)],
    ['six regions that ballots toggle', around(6, toggled)],
    ['four regions with loops and timers', around(4, timed)],
    ['six regions with loops and timers', around(6, timed)],
    [
      'six regions, toggled or timed',
      around(6, (index) => (index % 2 === 0 ? toggled(index) : timed(index))),
    ],
    ['six regions that attributes move', around(6, conditional)],
    [
      'labels, holds and tests',
      around(6, (index) => [toggled, held, tested][index % 3]?.(index) ?? held(index)),
    ],
    ['six regions that are joined', around(6, ending, { 'Review -> Merged': { join: 'all' } })],
  ];
}

function around(count: number, family: Family, transitions?: Record<string, object>): Definition {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const ballot = (index: number) => ({ in: 'Review', cast: { [`vote${index}`]: 'approve' } });
  const all = numbers.map((index) => `regions.r${index} == "given"`).join(' && ');
  const source = {
    name: 'Ordinary',
    roles: ['keeper'],
    initial: 'Draft',
    triggers: [
      'submit',
      'close',
      ...numbers.flatMap((index) => ['ask', 'take', 'vote'].map((each) => each + index)),
    ],
    attributes: Object.fromEntries(numbers.map((index) => [`a${index}`, 'int'])),
    ballots: Object.fromEntries(numbers.map((index) => [`b${index}`, ballot(index)])),
    suspension: { suspend: { role: 'keeper' }, resume: { role: 'keeper' } },
    states: {
      Draft: {},
      Review:
        count === 0
          ? {}
          : { regions: Object.fromEntries(numbers.map((index) => [`r${index}`, family(index)])) },
      Merged: { final: 'approved' },
      Closed: { final: 'withdrawn' },
    },
    transitions: {
      'Draft -> Review': { trigger: 'submit' },
      'Review -> Merged': count === 0 ? { trigger: 'submit' } : { when: all },
      ...transitions,
      'Review -> Closed': { trigger: 'close' },
    },
  };
  return normalise(sourceSchema.parse(source));
}

const STATES = { open: {}, asked: {}, given: {} };

/** Somebody is asked, and the question is taken back. */
const asking = (index: number) => ({
  'open -> asked': { trigger: `ask${index}` },
  'asked -> open': { trigger: `take${index}` },
});

function toggled(index: number): Region {
  return {
    initial: 'open',
    states: STATES,
    transitions: {
      ...asking(index),
      'asked -> given': { when: `ballots.b${index}.passed` },
      'given -> open': { when: `!ballots.b${index}.passed` },
    },
  };
}

function timed(index: number): Region {
  return {
    initial: 'open',
    states: STATES,
    transitions: {
      ...asking(index),
      'asked -> given': { after: '2d' },
      'given -> open': { trigger: `take${index}` },
    },
  };
}

function conditional(index: number): Region {
  return {
    initial: 'open',
    states: STATES,
    transitions: {
      'open -> asked': { trigger: `ask${index}` },
      'asked -> open': { trigger: `take${index}`, if: `attributes.a${index} < 9` },
      'asked -> given': { when: `attributes.a${index} > 5` },
      'given -> asked': { when: `attributes.a${index} < 3` },
    },
  };
}

function held(index: number): Region {
  return {
    initial: 'given',
    states: { given: {}, on: {} },
    transitions: { 'given -> on': { trigger: `ask${index}` }, 'on -> given': { trigger: `take${index}` } },
  };
}

function tested(index: number): Region {
  return {
    initial: 'pending',
    states: { pending: {}, given: {}, failed: {} },
    transitions: {
      'pending -> given': { trigger: `ask${index}` },
      'pending -> failed': { trigger: `take${index}` },
      'given -> pending': { revision: true },
      'failed -> pending': { revision: true },
    },
  };
}

function ending(index: number): Region {
  return {
    initial: 'open',
    states: { open: {}, asked: {}, given: { final: 'approved' } },
    transitions: {
      'open -> asked': { trigger: `ask${index}` },
      'asked -> open': { when: `attributes.a${index} < 3` },
      'asked -> given': { when: `ballots.b${index}.passed` },
    },
  };
}
