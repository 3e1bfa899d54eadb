/** The PNML of a definition: read by others, its net says of the definition what the check says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check } from '../../src/machines/check.ts';
import type { Definition } from '../../src/machines/definition.ts';
import { writeAs } from '../../src/machines/export/export.ts';
import { readPnml } from '../../src/machines/nets/pnml.ts';
import { checkNet } from '../../src/machines/nets/soundness.ts';
import { runs } from '../support/runs.ts';
import { define, sourceOf } from './build.ts';
import { definitions } from './nets/definitions.ts';

/** Defects that a net can show: what a condition can never come to is not in it, nor which of two times comes first. */
const OF_NETS = new Set(['DEADLOCK', 'LIVELOCK', 'DEAD_TRANSITION', 'UNREACHABLE_STATE', 'EVENTLESS_CYCLE']);

function verdictOf(definition: Definition) {
  const { net } = readPnml(Buffer.from(writeAs('pnml', definition)));
  if (!net) throw new Error('The PNML cannot be read again.');
  return checkNet(net);
}

describe('the PNML of a definition', () => {
  it.each(Object.entries(catalog))('is a sound workflow net (%s)', (_, source) => {
    expect(verdictOf(define(source))).toMatchObject({ kind: 'workflow', sound: true, findings: [] });
  });

  it('is sound where the definition is, and only there', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const { sound, decided, findings } = check(definition);
        const isShown =
          definition.supersede === undefined &&
          findings.some(({ code, path }) => OF_NETS.has(code) && !path.includes('regions'));
        if (!decided || !(sound || isShown)) return;
        expect(verdictOf(definition)).toMatchObject({ kind: 'workflow', sound });
      }),
      { numRuns: runs(40, 400) },
    );
  });

  it('is an unsound workflow net where no outcome is ever reached', () => {
    const stuck = sourceOf({
      triggers: ['on', 'off'],
      states: {
        A: {
          regions: {
            hold: {
              initial: 'no',
              states: { no: {}, yes: {} },
              transitions: { 'no -> yes': { trigger: 'on' }, 'yes -> no': { trigger: 'off' } },
            },
          },
        },
        B: { final: 'approved' },
      },
      transitions: { 'A -> B': { when: 'regions.hold == "yes" && regions.hold == "no"' } },
    });
    const { kind, sound, findings } = verdictOf(define(stuck));
    expect([kind, sound]).toEqual(['workflow', false]);
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['LIVELOCK', 'DEAD_TRANSITION']));
  });
});
