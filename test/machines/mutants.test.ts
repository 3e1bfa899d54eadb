/** Every mistake that can be made once in the catalog and the examples: found with the right code, and shown by its trace. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check } from '../../src/machines/check.ts';
import type { Definition } from '../../src/machines/definition.ts';
import type { Finding } from '../../src/machines/findings.ts';
import { loadFile } from '../../src/machines/load-file.ts';
import { netOf } from '../../src/machines/nets/from-definition/index.ts';
import { define } from './build.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import { isTrap, placesOf, replayed } from './mutants-replay.ts';
import { graphOfNet } from './nets/faithful-net.ts';
import { isSound } from './nets/faithful-verdict.ts';

const examples = await Promise.all(
  readdirSync('examples')
    .filter((file) => file.endsWith('.toml') && !file.endsWith('.cases.toml'))
    .map(async (file) => (await loadFile(`examples/${file}`)).definition as Definition),
);
const originals = new Map(
  [...Object.values(catalog).map((source) => define(source)), ...examples].map((each) => [each.name, each]),
);
const mutants = [...originals.values()].flatMap(mutantsOf);

/** A change that leaves a sound workflow is another workflow, not a mistake: said by the net, which knows nothing of the check. */
const isEquivalent = once(({ definition }: Mutant): boolean => {
  const graph = graphOfNet(netOf(definition), 1_000);
  return graph !== undefined && isSound(definition, graph);
});

const errorsOf = once(({ definition }: Mutant): readonly Finding[] =>
  check(definition).findings.filter(({ severity }) => severity === 'error'),
);

/** Every test asks the same of every mutant. */
function once<T>(answer: (mutant: Mutant) => T): (mutant: Mutant) => T {
  const known = new Map<Mutant, T>();
  return (mutant) => {
    const found = known.get(mutant) ?? answer(mutant);
    known.set(mutant, found);
    return found;
  };
}

describe('mutants of the catalog and the examples', () => {
  it('are found with the right code, but for those that are sound workflows themselves', () => {
    const equivalent: string[] = [];
    const survivors: string[] = [];
    let killed = 0;
    for (const mutant of mutants) {
      const errors = errorsOf(mutant);
      if (errors.some(({ code }) => mutant.expected.includes(code))) killed += 1;
      else if (isEquivalent(mutant)) equivalent.push(mutant.name);
      else survivors.push(mutant.name);
    }
    const page = readFileSync('docs/checks.md', 'utf8');
    expect(survivors).toEqual([]);
    expect(page).toContain(
      `${mutants.length} mutants: ${killed} found, ${survivors.length} missed, ${equivalent.length} sound`,
    );
    for (const each of equivalent) expect(page).toContain(`- ${each}\n`);
  });

  it('are not called unsound where they are sound', () => {
    for (const mutant of mutants) {
      const codes = errorsOf(mutant).map(({ code }) => code);
      if (codes.length === 0 || codes.includes('UNKNOWN_ROLE') || codes.includes('STUCK_CHOICE')) continue;
      if (isEquivalent(mutant))
        expect([mutant.name, codes]).toEqual([mutant.name, ['a region that cannot end']]);
    }
  });

  it('end in a trap when the trace of a finding is played', { timeout: 120_000 }, () => {
    let played = 0;
    for (const mutant of mutants) {
      const traps = errorsOf(mutant).filter(({ code }) =>
        ['DEADLOCK', 'LIVELOCK', 'DEAD_END', 'NO_JOIN', 'STUCK_CHOICE'].includes(code),
      );
      for (const trap of traps) {
        const state = trap.path.filter((_, index) => index % 2 === 1).join('.');
        const [top, region = ''] = state.split('.');
        const around = region === '' ? undefined : `${top}.${region}`;
        const ends = replayed(mutant.definition, trap.trace).filter((live) =>
          placesOf(live).some((path) => path === state || path.startsWith(`${state}.`)),
        );
        expect([mutant.name, trap.code, trap.trace, ends.length > 0 ? 'arrives' : 'does not arrive']).toEqual(
          [mutant.name, trap.code, trap.trace, 'arrives'],
        );
        expect([mutant.name, trap.message, ends.some((live) => isTrap(live, around))]).toEqual([
          mutant.name,
          trap.message,
          true,
        ]);
        played += 1;
      }
    }
    expect(played).toBeGreaterThan(0);
  });
});
