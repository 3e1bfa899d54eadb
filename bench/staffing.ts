/** Whether people can finish a workflow: one whole answer, by how many there are and what is asked of them. */
import { enterpriseApproval } from '../src/machines/catalog/enterprise-approval.ts';
import type { Definition } from '../src/machines/definition.ts';
import { normalise } from '../src/machines/normalise.ts';
import { sourceSchema } from '../src/machines/source.ts';
import type { Person } from '../src/machines/staffing/staff.ts';
import { staffingOf } from '../src/machines/staffing/staffing.ts';
import { type Case, type Figure, figureOf } from './figures.ts';

const ROUNDS = 20;
const SIZES = [20, 200, 2_000] as const;
const NEEDS = 30;

export async function staffing(report: (line: Case) => void): Promise<void> {
  const enterprise = read(enterpriseApproval);
  const thirty = read(pairwiseApart(NEEDS));
  let baseline: Case['baseline'] = null;
  for (const size of SIZES)
    for (const k of [0, 1, 2]) {
      const people = peopleFor(enterprise, size);
      const figure = measure(() => staffingOf(enterprise, { staff: { people }, k }));
      const name = `${size} people, k = ${k}`;
      report({ bench: 'staffing', case: name, unit: 'answers/s', figure, baseline });
      baseline ??= { case: name, figure };
    }
  for (const size of [NEEDS + 3, 2_000]) {
    const people = peopleFor(thirty, size);
    const { decided, staffed } = staffingOf(thirty, { staff: { people }, k: 1 });
    const figure = measure(() => staffingOf(thirty, { staff: { people }, k: 1 }));
    const name = `${NEEDS} needs apart, ${size} people`;
    report({
      bench: 'staffing',
      case: name,
      unit: 'answers/s',
      figure,
      baseline,
      detail: { decided, staffed },
    });
  }
}

/** Everybody has two of the roles, in turn, and one in ten is an agent of somebody else. */
function peopleFor({ roles }: Definition, size: number): Person[] {
  return Array.from({ length: size }, (_, index): Person => {
    const held = [roles[index % roles.length], roles[(index * 7 + 3) % roles.length]].flatMap(
      (role) => role ?? [],
    );
    const isAgent = index % 10 === 9;
    return {
      id: `p${index}`,
      kind: isAgent ? 'agent' : 'person',
      ...(isAgent && { sponsor: `p${index - 1}` }),
      roles: held,
    };
  });
}

/** Reviews one after the other, and nobody may do two of them. */
function pairwiseApart(count: number) {
  const names = Array.from({ length: count }, (_, index) => `b${index}`);
  const roles = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'];
  const ballot = (name: string, index: number) => ({
    in: `S${index}`,
    role: roles[index % roles.length],
    exclude: 'author',
    apart: names.filter((other) => other !== name),
    cast: { [`yes_${name}`]: 'approve' },
  });
  const next = (index: number) => (index + 1 < count ? `S${index + 1}` : 'Done');
  return {
    name: 'Apart',
    roles,
    triggers: names.map((name) => `yes_${name}`),
    ballots: Object.fromEntries(names.map((name, index) => [name, ballot(name, index)])),
    initial: 'S0',
    states: {
      ...Object.fromEntries(names.map((_, index) => [`S${index}`, {}])),
      Done: { final: 'approved' },
    },
    transitions: Object.fromEntries(
      names.map((name, index) => [`S${index} -> ${next(index)}`, { when: `ballots.${name}.passed` }]),
    ),
  };
}

function read(source: unknown): Definition {
  return normalise(sourceSchema.parse(source));
}

function measure(operation: () => unknown): Figure {
  for (let round = 0; round < 3; round += 1) operation();
  const latencies = new Float64Array(ROUNDS);
  const began = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = performance.now();
    operation();
    latencies[round] = performance.now() - from;
  }
  return figureOf(latencies, ROUNDS, performance.now() - began);
}
