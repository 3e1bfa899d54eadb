/**
 * The author's grammar: what a workflow looks like before it is normalised, in TypeScript, TOML and JSON alike.
 * The schema decides the form of each part; whether names refer to something is `check.ts`'s matter.
 */
import { z } from 'zod';
import { OUTCOMES } from './definition.ts';
import { ballot } from './source-ballots.ts';
import { duration, LIMITS, name, oneOrMore, path, title } from './source-basics.ts';
import { rule, ruleParts, transitions, voided } from './source-rules.ts';

/** A value of an attribute. */
const text = title;

const timers = z.record(
  name,
  z.strictObject({
    after: duration,
    calendar: name.optional(),
    escalate: name.optional(),
    remind: name.optional(),
  }),
);

const reopen = z.strictObject({ ...ruleParts, trigger: name, to: name, void: voided });

const innerState = z
  .strictObject({ title: title.optional(), final: z.enum(OUTCOMES).optional(), timers: timers.optional() })
  .superRefine(finalsHaveNothingElse);

const region = z.strictObject({
  title: title.optional(),
  initial: name,
  states: z.record(name, innerState),
  transitions: transitions.default({}),
});

const regions = z.record(name, region).refine((all) => within(Object.keys(all).length, LIMITS.regions), {
  error: `must hold 1 to ${LIMITS.regions} regions`,
});

const state = z
  .strictObject({
    title: title.optional(),
    final: z.enum(OUTCOMES).optional(),
    regions: regions.optional(),
    timers: timers.optional(),
    reopen: reopen.optional(),
  })
  .superRefine(finalsHaveNothingElse)
  .superRefine((value, context) => {
    if (value.reopen !== undefined && value.final === undefined)
      context.addIssue({ code: 'custom', path: ['reopen'], message: '"reopen" belongs to a final state' });
  });

const choices = z.strictObject({
  oneOf: z.array(text).min(1).max(LIMITS.names).superRefine(distinct),
  initial: text.optional(),
  amend: z.strictObject({ ...ruleParts, in: oneOrMore(path) }).optional(),
});

const ATTRIBUTE_TYPES = ['text', 'int', 'bool', 'list'] as const;

const attribute = z.union([
  z.enum(ATTRIBUTE_TYPES).transform((type) => ({ type })),
  choices,
  z.strictObject({
    type: z.enum(ATTRIBUTE_TYPES),
    initial: z
      .union([text.or(z.literal('')), z.int(), z.boolean(), z.array(text).max(LIMITS.names)])
      .optional(),
    amend: z.strictObject({ ...ruleParts, in: oneOrMore(path) }).optional(),
  }),
]);

/** The whole grammar, strict: an unknown key is an issue. */
export const sourceSchema = z
  .strictObject({
    name,
    title: title.optional(),
    roles: z.array(name).max(LIMITS.names).superRefine(distinct),
    includes: z.record(name, oneOrMore(name)).optional(),
    triggers: z.array(name).max(LIMITS.names).superRefine(distinct),
    attributes: z.record(name, attribute).optional(),
    ballots: z.record(name, ballot).optional(),
    revisions: rule.optional(),
    suspension: z.strictObject({ suspend: rule.default({}), resume: rule.default({}) }).optional(),
    supersede: z.strictObject({ ...ruleParts, to: name }).optional(),
    initial: name,
    states: z.record(name, state),
    transitions: transitions.default({}),
  })
  .superRefine((source, context) => {
    const scopes = [
      source,
      ...Object.values(source.states).flatMap((each) => Object.values(each.regions ?? {})),
    ];
    const states = scopes.reduce((sum, scope) => sum + Object.keys(scope.states).length, 0);
    const edges = scopes.reduce((sum, scope) => sum + Object.values(scope.transitions).flat().length, 0);
    const tooMany = (path: string, count: number, limit: number) =>
      context.addIssue({
        code: 'custom',
        path: [path],
        message: `there are ${count} ${path}, regions included; at most ${limit} are allowed`,
      });
    if (states > LIMITS.states) tooMany('states', states, LIMITS.states);
    if (edges > LIMITS.transitions) tooMany('transitions', edges, LIMITS.transitions);
  });

function finalsHaveNothingElse(
  value: { final?: unknown; regions?: unknown; timers?: unknown },
  context: z.RefinementCtx,
): void {
  if (value.final === undefined) return;
  for (const key of ['regions', 'timers'] as const)
    if (value[key] !== undefined)
      context.addIssue({ code: 'custom', path: [key], message: `a final state has no ${key}` });
}

function distinct(names: readonly string[], context: z.RefinementCtx): void {
  for (const [index, each] of names.entries())
    if (names.indexOf(each) !== index)
      context.addIssue({ code: 'custom', path: [index], message: `"${each}" is listed twice` });
}

function within(count: number, limit: number): boolean {
  return count >= 1 && count <= limit;
}

/** A source after the schema: lists where the author may write one value or a list. */
export type ParsedSource = z.output<typeof sourceSchema>;
export type ParsedAttribute = z.output<typeof attribute>;
