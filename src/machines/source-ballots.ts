/** The author's grammar of ballots. */
import { z } from 'zod';
import { KEEPS, VALUES } from './ballot.ts';
import { EXCLUSIONS } from './definition.ts';
import { condition, LIMITS, name, oneOrMore, path, title } from './source-basics.ts';
import { ruleParts } from './source-rules.ts';

const value = z.union(
  [
    z.enum(['approve', 'reject', 'abstain', 'retract', 'clear', 'lift']),
    z.int().min(VALUES.lowest).max(VALUES.highest),
  ],
  {
    error: `must be "approve", "reject", "abstain", "retract", "clear", "lift" or a number from ${VALUES.lowest} to ${VALUES.highest}`,
  },
);

const cast = z.union([value.transform((each) => ({ value: each })), z.strictObject({ ...ruleParts, value })]);

const count = z.int().min(1).max(LIMITS.names);

const KINDS = ['approvals', 'share', 'majority', 'each', 'weight'] as const;

const need = z
  .strictObject({
    approvals: count.optional(),
    /** The least value that counts as an approval. */
    at: z.int().min(1).max(VALUES.highest).optional(),
    share: z.int().min(1).max(100).optional(),
    majority: z.literal(true).optional(),
    each: z.union([z.literal('owners'), z.array(name).min(1).max(LIMITS.names)]).optional(),
    weight: z.int().min(1).max(1_000_000).optional(),
    of: name.optional(),
    exclude: oneOrMore(z.enum(EXCLUSIONS)).optional(),
    if: condition.optional(),
  })
  .superRefine((given, context) => {
    const issue = (message: string, ...at: string[]) =>
      context.addIssue({ code: 'custom', path: at, message });
    const kinds = KINDS.filter((key) => given[key] !== undefined);
    if (kinds.length !== 1)
      issue('must have exactly one of "approvals", "share", "majority", "each" and "weight"');
    if (given.at !== undefined && given.approvals === undefined) issue('"at" belongs to "approvals"', 'at');
    if (given.exclude !== undefined && given.approvals === undefined)
      issue('"exclude" belongs to "approvals"; elsewhere it stands in the ballot or the cast', 'exclude');
    if (given.share !== undefined && given.of === undefined)
      issue('"share" says of whom, as in { share: 50, of: "core_team" }', 'share');
    if (given.of !== undefined && given.approvals === undefined && given.share === undefined)
      issue('"of" belongs to "approvals" or "share"', 'of');
  });

const revision = z.union([
  z.enum(['keep', 'drop']),
  z.strictObject({
    keep: oneOrMore(z.enum(KEEPS)).optional(),
    vetoes: z.enum(['keep', 'drop']).optional(),
  }),
]);

export const ballot = z.strictObject({
  ...ruleParts,
  title: title.optional(),
  in: oneOrMore(path),
  cast: z.record(name, cast),
  needs: oneOrMore(need).default([{ approvals: 1 }]),
  veto: z.int().min(VALUES.lowest).max(-1).optional(),
  weights: z.record(name, z.int().min(0).max(1_000)).optional(),
  apart: oneOrMore(name).optional(),
  /** When the ballot is asked for at all. */
  applies: condition.optional(),
  override: condition.optional(),
  revision: revision.optional(),
});

export type ParsedBallot = z.output<typeof ballot>;
