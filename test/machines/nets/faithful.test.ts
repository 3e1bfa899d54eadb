/** The net of a definition, its XState machine and the check, held against each other on random definitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../../src/machines/check.ts';
import { compile } from '../../../src/machines/compile.ts';
import { netOf } from '../../../src/machines/nets/from-definition/index.ts';
import { runs } from '../../support/runs.ts';
import { definitions } from './definitions.ts';
import { graphOfMachine } from './faithful-machine.ts';
import { graphOfNet } from './faithful-net.ts';
import { isSound } from './faithful-verdict.ts';

const RUNS = Number(process.env.COUNTERSIGN_NET_RUNS ?? 5_000);
const VERDICTS = runs(300, 1_500);
const LIMIT = 200;
/** A step without end costs the machine a thousand microsteps, for every event and every way in which the facts can be. */
const ENDLESS = 5;

describe('the net of a definition', () => {
  it(`has the configurations and edges of the machine, in ${RUNS} random definitions`, {
    timeout: 600_000,
  }, () => {
    let compared = 0;
    fc.assert(
      fc.property(definitions, (definition) => {
        const net = graphOfNet(netOf(definition), LIMIT);
        if (!net || [...net.edges].filter((each) => each.endsWith('for ever')).length > ENDLESS) return;
        const machine = graphOfMachine(compile(definition), LIMIT);
        compared += 1;
        expect([...net.configurations].sort()).toEqual([...(machine?.configurations ?? [])].sort());
        expect([...net.edges].sort()).toEqual([...(machine?.edges ?? [])].sort());
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS * 0.95);
  });

  it('agrees with the check on what is sound', { timeout: 120_000 }, () => {
    const tally = { sound: 0, unsound: 0 };
    fc.assert(
      fc.property(definitions, (definition) => {
        const net = graphOfNet(netOf(definition), LIMIT);
        const { sound, decided, findings } = check(definition);
        if (!net || !decided) return;
        if (isSound(definition, net)) {
          // What the check asks for beyond the net: that names, votes and choices make sense, and regions can end.
          const errors = findings.filter(({ severity }) => severity === 'error');
          const also = errors.filter(
            ({ code, path }) =>
              !['SHADOWED_TRIGGER', 'STUCK_CHOICE'].includes(code) && !path.includes('regions'),
          );
          expect(also).toEqual([]);
          tally.sound += 1;
        } else {
          expect(sound).toBe(false);
          tally.unsound += 1;
        }
      }),
      { numRuns: VERDICTS },
    );
    expect(tally.sound).toBeGreaterThan(runs(0, 50));
    expect(tally.unsound).toBeGreaterThan(VERDICTS / 3);
  });
});
