/** The author's grammar of who may do what, and of transitions. */
import { z } from 'zod';
import { EXCLUSIONS, MEANINGS, OUTCOMES, PRINCIPAL_KINDS } from './definition.ts';
import { condition, duration, edge, LIMITS, name, oneOrMore } from './source-basics.ts';

/** What may stand wherever somebody is allowed something. */
export const ruleParts = {
  role: oneOrMore(name).optional(),
  by: oneOrMore(z.enum(PRINCIPAL_KINDS)).optional(),
  exclude: oneOrMore(z.enum(EXCLUSIONS)).optional(),
  reason: z.literal('required').optional(),
  if: condition.optional(),
  sign: z.enum(MEANINGS).optional(),
} as const;

export const rule = z.strictObject(ruleParts);

/** Ballots by name, or all of them. */
export const voided = z.union([z.literal('all'), oneOrMore(name)]).optional();

const STARTS = ['trigger', 'after', 'idle', 'join', 'when', 'revision'] as const;
const OF_A_TRIGGER = ['role', 'by', 'exclude', 'reason', 'late', 'sign'] as const;

const transition = z
  .strictObject({
    ...ruleParts,
    trigger: name.optional(),
    late: z.enum(['record', 'refuse']).optional(),
    after: duration.optional(),
    idle: duration.optional(),
    calendar: name.optional(),
    join: z
      .union([z.enum(['all', 'any']), z.int().min(1).max(LIMITS.regions)], {
        error: `must be "all", "any" or a number of regions from 1 to ${LIMITS.regions}`,
      })
      .optional(),
    ending: z.enum(OUTCOMES).optional(),
    when: condition.optional(),
    revision: z.literal(true).optional(),
    void: voided,
  })
  .superRefine((value, context) => {
    const issue = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', path, message });
    const starts = STARTS.filter((key) => value[key] !== undefined);
    if (starts.length !== 1)
      issue('must have exactly one of "trigger", "after", "idle", "join", "when" and "revision"');
    for (const key of OF_A_TRIGGER)
      if (value[key] !== undefined && value.trigger === undefined)
        issue(`"${key}" belongs to a "trigger"`, key);
    if (
      value.if !== undefined &&
      value.trigger === undefined &&
      value.after === undefined &&
      value.idle === undefined
    )
      issue(
        '"if" belongs to a "trigger", an "after" or an "idle"; a transition by condition alone says "when"',
        'if',
      );
    if (value.calendar !== undefined && value.after === undefined && value.idle === undefined)
      issue('"calendar" belongs to an "after" or an "idle"', 'calendar');
    if (value.ending !== undefined && value.join === undefined)
      issue('"ending" belongs to a "join"', 'ending');
  });

export const transitions = z.record(edge, oneOrMore(transition));
export type ParsedTransition = z.output<typeof transition>;
export type ParsedRule = z.output<typeof rule>;
