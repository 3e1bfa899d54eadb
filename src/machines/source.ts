/**
 * The author's grammar: what a workflow looks like before it is normalised, in TypeScript, TOML and JSON alike.
 * The schema decides the form of each part; whether names refer to something is `check.ts`'s matter.
 */
import { z } from 'zod';
import { OUTCOMES, PRINCIPAL_KINDS } from './definition.ts';
import { parseDuration } from './duration.ts';

/** Limits of one definition. Regions count per state; states and transitions count over the whole definition. */
export const LIMITS = { states: 200, regions: 12, transitions: 1000, titleLength: 200, names: 200 } as const;

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, {
    error: 'must be a name: a letter, then at most 63 letters, digits or underscores',
  })
  .refine((text) => !(text in {}), { error: 'is a word of JavaScript objects; choose another name' });

const edge = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63} -> [A-Za-z][A-Za-z0-9_]{0,63}$/, {
  error: 'must read "From -> To", with one space on each side of the arrow',
});

const title = z
  .string()
  .min(1)
  .max(LIMITS.titleLength)
  .refine((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text), {
    error: 'must be well-formed Unicode without NUL',
  });

const duration = z.string().refine((text) => parseDuration(text) !== undefined, {
  error: 'must be a duration such as "30s", "15m", "24h", "3d" or "1h30m", above zero and at most 3650d',
});

/** One value or a list of them; the list must not be empty. */
function oneOrMore<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).min(1).max(LIMITS.names),
  );
}

const OF_A_TRIGGER = ['role', 'by', 'exclude', 'reason', 'late'] as const;

const transition = z
  .strictObject({
    trigger: name.optional(),
    role: oneOrMore(name).optional(),
    by: oneOrMore(z.enum(PRINCIPAL_KINDS)).optional(),
    exclude: oneOrMore(z.literal('author')).optional(),
    reason: z.literal('required').optional(),
    late: z.enum(['record', 'refuse']).optional(),
    after: duration.optional(),
    join: z
      .union([z.enum(['all', 'any']), z.int().min(1).max(LIMITS.regions)], {
        error: `must be "all", "any" or a number of regions from 1 to ${LIMITS.regions}`,
      })
      .optional(),
    ending: z.enum(OUTCOMES).optional(),
  })
  .superRefine((value, context) => {
    const starts = (['trigger', 'after', 'join'] as const).filter((key) => value[key] !== undefined);
    if (starts.length !== 1)
      context.addIssue({
        code: 'custom',
        message: 'must have exactly one of "trigger", "after" and "join"',
      });
    for (const key of OF_A_TRIGGER)
      if (value[key] !== undefined && value.trigger === undefined)
        context.addIssue({ code: 'custom', path: [key], message: `"${key}" belongs to a "trigger"` });
    if (value.ending !== undefined && value.join === undefined)
      context.addIssue({ code: 'custom', path: ['ending'], message: '"ending" belongs to a "join"' });
  });

const transitions = z.record(edge, oneOrMore(transition));
const timers = z.record(name, z.strictObject({ after: duration, escalate: name }));

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
  })
  .superRefine(finalsHaveNothingElse);

/** The whole grammar, strict: an unknown key is an issue. */
export const sourceSchema = z
  .strictObject({
    name,
    title: title.optional(),
    roles: z.array(name).max(LIMITS.names).superRefine(distinct),
    triggers: z.array(name).max(LIMITS.names).superRefine(distinct),
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
export type ParsedTransition = z.output<typeof transition>;
