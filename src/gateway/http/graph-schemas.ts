/** What is asked about dependencies, and the documents that answer. */
import { z } from '@hono/zod-openapi';
import { HAPPENINGS } from '../../actors/dependencies/edge.ts';
import { MAX_ORDERED } from '../../actors/dependencies/questions.ts';
import { DEPENDENCY_KINDS, POLICIES } from '../../machines/dependencies.ts';
import * as field from './fields.ts';

const kinds = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(DEPENDENCY_KINDS)).min(1))
  .openapi({ type: 'string', example: 'textual,declared', description: 'Only these kinds' });

export const graphQuery = z.strictObject({
  direction: z.enum(['up', 'down', 'both']).default('both').openapi({
    description: 'up: what it depends on; down: what depends on it',
  }),
  kinds: kinds.optional(),
  limit: field.queryInteger(1, 500).default(100).openapi({ description: 'Changes to draw, the nearest' }),
  format: z.enum(['json', 'mermaid', 'dot']).default('json'),
});
export type GraphQuery = z.output<typeof graphQuery>;

export const listQuery = z.strictObject({ limit: field.queryInteger(1, 1_000).default(100) });

export const orderBody = z
  .strictObject({ changes: z.array(field.uuid).min(1).max(MAX_ORDERED) })
  .openapi('OrderQuestion');

export const whatIfBody = z
  .union([
    z.strictObject({ if: z.enum(HAPPENINGS) }),
    z.strictObject({ lands_before: field.uuid.openapi({ description: 'It lands while that one is open' }) }),
  ])
  .openapi('WhatIfQuestion');
export type WhatIfBody = z.output<typeof whatIfBody>;

const truncated = z.boolean().openapi({ description: 'Whether a limit left something out' });
const leftOut = z.string().nullable().openapi({ description: 'What was left out, as a sentence' });
const cut = { truncated, left_out: leftOut };

const memberFields = {
  id: z
    .string()
    .openapi({ description: 'Of a change that nobody has proposed yet, the name it is meant by' }),
  known: z.boolean().openapi({ description: 'False where nobody has proposed it yet' }),
  key: z.string(),
  title: z.string(),
  project: z.string(),
  state: field.json,
  outcome: z.string().nullable(),
};
const member = z.strictObject(memberFields).openapi('GraphMember');
export type MemberDocument = z.infer<typeof member>;

const edgeFields = {
  change: z.string().openapi({ description: 'It depends on "on"' }),
  on: z.string(),
  kind: z.enum(DEPENDENCY_KINDS),
  rule: z.string().openapi({ example: 'does-not-apply-without' }),
};
const edge = z.strictObject(edgeFields).openapi('GraphEdge');

export const graph = z
  .strictObject({
    change: field.uuid,
    nodes: z.array(member).openapi({ description: 'In order of age' }),
    edges: z.array(
      z.strictObject({
        ...edgeFields,
        policy: z.enum(POLICIES),
        blocking: z.boolean().openapi({ description: 'Its policy is to block, and both ends are open' }),
      }),
    ),
    cycles: z.array(z.array(z.string())).openapi({ description: 'Changes that need each other in a circle' }),
    layers: z.array(z.array(z.string())).openapi({
      description: 'For the layout: each change above all it depends on; members of a cycle share a layer',
    }),
    total: z.strictObject({ nodes: z.int(), edges: z.int() }),
    ...cut,
  })
  .openapi('Graph');
export type GraphDocument = z.infer<typeof graph>;

const related = z.strictObject({
  ...memberFields,
  distance: z.int().openapi({ description: 'Edges between the two' }),
  by: edge.openapi({ description: 'By which it was reached; its other end is one nearer' }),
  why: z.string().openapi({ example: 'I12 needs I11 (textual, does-not-apply-without)' }),
  blocking: z.boolean().openapi({ description: 'Whether one has to wait for the other' }),
});
export type RelatedDocument = z.infer<typeof related>;

const listFields = {
  change: field.uuid,
  items: z.array(related).openapi({ description: 'Nearest first' }),
  total: z.int(),
  blocking: z.int(),
  ...cut,
};

export const dependants = z.strictObject(listFields).openapi('Dependants');
export type DependantsDocument = z.infer<typeof dependants>;

export const blockers = z
  .strictObject({
    ...listFields,
    lost: z.array(related).openapi({
      description: 'Direct dependencies that were rejected or withdrawn: a new revision has to do without',
    }),
    critical_path: z
      .strictObject({
        steps: z.array(
          z.strictObject({
            changes: z.array(member).openapi({ description: 'Several where they need each other' }),
            estimate_ms: z.int(),
          }),
        ),
        total_ms: z.int().openapi({ description: 'A lower bound where "unestimated" names any' }),
        unestimated: z.array(z.string()),
      })
      .openapi({ description: 'What takes longest, from what has to land first to the change itself' }),
  })
  .openapi('Blockers');
export type BlockersDocument = z.infer<typeof blockers>;

export const conflicts = z
  .strictObject({
    change: field.uuid,
    revision: z.int().nullable().openapi({ description: 'The newest whose content is stored' }),
    items: z.array(
      z.strictObject({
        with: member,
        closeness: z.enum(['overlap', 'touching', 'near']),
        first: z.string().openapi({ description: 'The id of the one that goes first' }),
        because: z.string(),
        approximate: z
          .boolean()
          .openapi({ description: 'Lines may have moved, for they are counted from different bases' }),
        sentence: z.string(),
        paths: z.array(
          z.strictObject({
            path: z.string(),
            closeness: z.enum(['overlap', 'touching', 'near']),
            where: z.string(),
            approximate: z.boolean(),
            reason: z.string().nullable().openapi({ description: 'Why it is approximate' }),
          }),
        ),
      }),
    ),
    total: z.int(),
    why: z.string().nullable().openapi({ description: 'Why nothing can be said, where that is so' }),
    ...cut,
  })
  .openapi('Conflicts');
export type ConflictsDocument = z.infer<typeof conflicts>;

export const order = z
  .strictObject({
    groups: z.array(z.array(member)).openapi({
      description: 'One after the other; several in one group need each other and land together',
    }),
    needs: z.array(member).openapi({ description: 'Open changes outside the set that have to land before' }),
    unplaced: z.array(z.strictObject({ change: z.string(), reason: z.string() })),
    ...cut,
  })
  .openapi('MergeOrder');
export type OrderDocument = z.infer<typeof order>;

export const whatIf = z
  .strictObject({
    possible: z.boolean(),
    sentence: z.string(),
    effects: z.array(
      z.strictObject({
        change: member,
        reaction: z.enum(['tell', 'hold', 'reopen']),
        distance: z.int(),
        by: edge,
        reason: z.string(),
      }),
    ),
    freed: z.array(member).openapi({ description: 'Those that waited for this and nothing else' }),
    needs: z.array(member).openapi({ description: 'What has to land before' }),
    total: z.int().openapi({ description: 'How many effects there are' }),
    ...cut,
  })
  .openapi('WhatIf');
export type WhatIfDocument = z.infer<typeof whatIf>;
