/** Small random staffings: a definition out of stages, a few people, and what the same means to somebody who only counts. */
import fc from 'fast-check';
import type { Definition } from '../../../src/machines/definition.ts';
import { normalise } from '../../../src/machines/normalise.ts';
import { sourceSchema } from '../../../src/machines/source.ts';
import type { Person } from '../../../src/machines/staffing/staff.ts';

export const ROLES = ['red', 'green', 'blue'] as const;

export interface SomeRule {
  readonly roles: readonly string[];
  readonly by: readonly ('person' | 'agent')[];
  readonly exclude: boolean;
}

export type SomeNeed =
  | { readonly approvals: number; readonly of?: string; readonly at?: number; readonly exclude?: 'author' }
  | { readonly each: readonly string[] }
  | { readonly weight: number }
  | { readonly share: number; readonly of: string }
  | { readonly majority: true };

export interface SomeBallot {
  readonly rule: SomeRule;
  /** Who may give the strong vote, if anybody. */
  readonly strong: SomeRule | undefined;
  readonly needs: readonly SomeNeed[];
  /** Weights of roles. */
  readonly weights: Readonly<Record<string, number>> | undefined;
  /** Places of other ballots in the list. */
  readonly apart: readonly number[];
}

/** A stage is left when its ballots (in regions, where there are two) have passed, or by an act. */
export type Stage =
  | { readonly kind: 'ballots'; readonly ballots: readonly number[]; readonly forgets: boolean }
  | { readonly kind: 'act'; readonly rules: readonly SomeRule[]; readonly forgets: boolean };

export interface Instance {
  /** A new revision leads from the last stage to the first, and takes all votes away. */
  readonly hasRework: boolean;
  readonly ballots: readonly SomeBallot[];
  readonly stages: readonly Stage[];
  /** The first stage is skipped where the risk is low; then the case "low" and the case "high" differ. */
  readonly hasCases: boolean;
  readonly people: readonly Person[];
}

const rolesSet = fc.subarray([...ROLES]);
const rule: fc.Arbitrary<SomeRule> = fc.record({
  roles: fc.oneof(rolesSet, fc.subarray([...ROLES], { minLength: 1, maxLength: 1 })),
  by: fc.constantFrom([], [], [], ['person'], ['agent']) as fc.Arbitrary<('person' | 'agent')[]>,
  exclude: fc.boolean(),
});
const role = fc.constantFrom(...ROLES);
const need: fc.Arbitrary<SomeNeed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ approvals: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ approvals: fc.integer({ min: 1, max: 2 }), of: role }) },
  { weight: 1, arbitrary: fc.record({ approvals: fc.constant(1), at: fc.constant(2) }) },
  { weight: 1, arbitrary: fc.record({ approvals: fc.constant(1), exclude: fc.constant('author' as const) }) },
  { weight: 1, arbitrary: fc.record({ each: fc.subarray([...ROLES], { minLength: 1, maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ weight: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ share: fc.constantFrom(25, 50, 100), of: role }) },
  { weight: 1, arbitrary: fc.constant({ majority: true } as const) },
);

function ballotOf(index: number, count: number): fc.Arbitrary<SomeBallot> {
  return fc.record({
    rule,
    strong: fc.option(rule, { nil: undefined, freq: 4 }),
    needs: fc.array(need, { minLength: 1, maxLength: 2 }),
    weights: fc.option(
      fc.dictionary(role, fc.integer({ min: 0, max: 3 }), { maxKeys: 2, noNullPrototype: true }),
      {
        nil: undefined,
        freq: 3,
      },
    ),
    apart: fc.subarray(Array.from({ length: count }, (_, other) => other).filter((other) => other !== index)),
  });
}

const people = fc
  .array(
    fc.record({
      roles: rolesSet,
      sponsor: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 3 }),
    }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((all): Person[] =>
    all.map(({ roles, sponsor }, index) => ({
      id: `p${index}`,
      kind: sponsor === undefined || sponsor === index ? 'person' : 'agent',
      ...(sponsor !== undefined && sponsor !== index && { sponsor: `p${sponsor}` }),
      roles,
    })),
  );

export const instance: fc.Arbitrary<Instance> = fc.integer({ min: 1, max: 3 }).chain((count) =>
  fc
    .record({
      ballots: fc.tuple(...Array.from({ length: count }, (_, index) => ballotOf(index, count))),
      areTogether: fc.boolean(),
      act: fc.option(fc.array(rule, { minLength: 1, maxLength: 2 }), { nil: undefined }),
      hasCases: fc.boolean(),
      hasRework: fc.boolean(),
      forgets: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      people,
    })
    .map(({ ballots, areTogether, act, hasCases, hasRework, forgets, people: staff }): Instance => {
      const indexes = ballots.map((_, index) => index);
      const groups =
        areTogether && count >= 2
          ? [indexes.slice(0, 2), ...indexes.slice(2).map((i) => [i])]
          : indexes.map((i) => [i]);
      const stages: Stage[] = groups.map((each, at) => ({
        kind: 'ballots',
        ballots: each,
        forgets: forgets[at] === true,
      }));
      return {
        ballots,
        stages: act ? [...stages, { kind: 'act', rules: act, forgets: false }] : stages,
        hasCases: hasCases && stages.length > 1,
        hasRework,
        people: staff,
      };
    }),
);

export const nameOf = (ballot: number) => `b${ballot}`;

/** The instance in the author's grammar. */
export function definitionOf(
  { ballots, stages, hasCases, hasRework }: Instance,
  name = 'Random',
): Definition {
  return normalise(sourceSchema.parse(sourceOf({ ballots, stages, hasCases, hasRework }, name)));
}

export function sourceOf({ ballots, stages, hasCases, hasRework }: Omit<Instance, 'people'>, name: string) {
  const states: Record<string, unknown> = { New: {} };
  const transitions: Record<string, unknown> = {};
  const at = (index: number) => (index < stages.length ? `S${index}` : 'Done');
  transitions[`New -> ${at(0)}`] = { trigger: 'start', ...(hasCases && { if: 'attributes.risk == "high"' }) };
  if (hasCases) transitions[`New -> ${at(1)}`] = { trigger: 'start', if: 'attributes.risk == "low"' };
  const where = new Map<number, string>();
  for (const [index, stage] of stages.entries()) {
    const [state, next] = [at(index), at(index + 1)];
    const voids = stage.forgets ? { void: 'all' } : {};
    if (hasRework && index === stages.length - 1 && index > 0)
      transitions[`${state} -> ${at(0)}`] = { revision: true, void: 'all' };
    if (stage.kind === 'act') {
      states[state] = {};
      transitions[`${state} -> ${next}`] = stage.rules.map((each, which) => ({
        trigger: `act${which}`,
        ...said(each),
      }));
    } else if (stage.ballots.length === 1) {
      const [only = 0] = stage.ballots;
      states[state] = {};
      where.set(only, state);
      transitions[`${state} -> ${next}`] = { ...voids, when: `ballots.${nameOf(only)}.passed` };
    } else {
      const region = (ballot: number) => ({
        initial: 'open',
        states: { open: {}, passed: { final: 'approved' } },
        transitions: { 'open -> passed': { when: `ballots.${nameOf(ballot)}.passed` } },
      });
      states[state] = {
        regions: Object.fromEntries(stage.ballots.map((each) => [`r${each}`, region(each)])),
      };
      for (const each of stage.ballots) where.set(each, `${state}.r${each}.open`);
      transitions[`${state} -> ${next}`] = { ...voids, join: 'all' };
    }
  }
  states.Done = { final: 'approved' };
  return {
    name,
    roles: ROLES,
    triggers: ['start', 'act0', 'act1', ...ballots.flatMap((_, index) => [`yes${index}`, `strong${index}`])],
    attributes: { risk: { oneOf: ['low', 'high'] } },
    ballots: Object.fromEntries(
      ballots.map(({ rule: plain, strong, needs, weights, apart }, index) => [
        nameOf(index),
        {
          in: where.get(index) ?? 'New',
          cast: {
            [`yes${index}`]: { value: 1, ...said(plain) },
            ...(strong && { [`strong${index}`]: { value: 2, ...said(strong) } }),
          },
          needs,
          ...(weights && { weights }),
          ...(apart.length > 0 && { apart: apart.map(nameOf) }),
        },
      ]),
    ),
    initial: 'New',
    states,
    transitions,
  };
}

function said({ roles, by, exclude }: SomeRule) {
  return {
    ...(roles.length > 0 && { role: roles }),
    ...(by.length > 0 && { by }),
    ...(exclude && { exclude: 'author' }),
  };
}
