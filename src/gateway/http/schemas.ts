/** The documents that leave the server. The types are what `wire.ts` makes; the schemas describe them in `/openapi.json`. */
import { z } from '@hono/zod-openapi';
import { DEPENDENCY_KINDS, POLICIES } from '../../machines/dependencies.ts';
import * as field from './fields.ts';

const refusal = z
  .strictObject({ code: z.string(), message: z.string(), accepted: z.array(z.string()) })
  .openapi('Refusal');

export const problem = z
  .strictObject({
    type: z.string().openapi({ example: '/errors#STALE_VERSION' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    hint: z.string().optional(),
    retryable: z.boolean(),
    issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    accepted: z.array(z.string()).optional(),
    request_id: z.string(),
  })
  .openapi('Problem');

export const transition = z
  .strictObject({
    seq: z.int().openapi({ description: "Position in the tenant's stream: 1, 2, 3 … without gaps" }),
    change: field.uuid,
    kind: z.enum(['proposed', 'transition', 'late', 'refusal']),
    version: z.int(),
    event: z.string(),
    from: field.json,
    to: field.json,
    outcome: z.string().nullable(),
    principal: z.string(),
    principal_kind: z.string(),
    via: z.string().nullable(),
    role: z.string().nullable(),
    reason: z.string().nullable(),
    data: field.json,
    refusal: refusal.nullable(),
    occurred_at: field.time,
    recorded_at: field.time,
  })
  .openapi('Transition');
export type TransitionDocument = z.infer<typeof transition>;

export const batchReport = z
  .strictObject({
    done: z.int(),
    refused: z.int(),
    items: z.array(
      z.strictObject({
        change: field.uuid,
        transition: transition.nullable(),
        problem: problem.nullable().openapi({ description: 'Why it was not done' }),
      }),
    ),
  })
  .openapi('BatchReport');

export const timer = z
  .strictObject({ change: field.uuid, name: z.string(), set_version: z.int(), due_at: field.time })
  .openapi('Timer');
export type TimerDocument = z.infer<typeof timer>;

export const verdict = z
  .strictObject({
    allowed: z.boolean(),
    late: z.boolean().openapi({ description: 'It would be noted and change nothing' }),
    from: field.json,
    to: field.json,
    outcome: z.string().nullable(),
    role: z.string().nullable().openapi({ description: 'The role that would decide' }),
    refusal: refusal.nullable(),
  })
  .openapi('Verdict');

const summaryFields = {
  id: field.uuid,
  project: z.string(),
  key: z.string().nullable(),
  title: z.string(),
  author: z.string(),
  author_kind: z.string(),
  definition: z.string(),
  definition_version: z.int(),
  attributes: field.json,
  version: z.int(),
  state: field.json,
  outcome: z.string().nullable(),
  timers: z.array(
    z.strictObject({ name: z.string(), event: z.string(), set_version: z.int(), due_at: field.time }),
  ),
  created_at: field.time,
  updated_at: field.time,
};

export const changeSummary = z.strictObject(summaryFields).openapi('ChangeSummary');
export type ChangeSummary = z.infer<typeof changeSummary>;

const vote = z
  .strictObject({
    by: z.string(),
    for: z.string().nullable().openapi({ description: 'Whose delegate the voter was' }),
    value: z.int(),
    revision: z.int(),
    at: field.time,
  })
  .openapi('Vote');

const ballot = z
  .strictObject({
    title: z.string().nullable(),
    status: z.enum(['satisfied', 'unsatisfied', 'overridden', 'not_applicable']),
    approvals: z.int(),
    rejections: z.int(),
    vetoed: z.boolean(),
    needs: z.array(
      z.strictObject({
        sentence: z.string().openapi({
          example: 'needs 2 approvals by security_reviewer because risk is high; has 1',
        }),
        satisfied: z.boolean(),
        have: z.int(),
        want: z.int(),
        missing: z.array(z.string()),
      }),
    ),
    votes: z.array(vote),
  })
  .openapi('Ballot');

const revision = z
  .strictObject({
    number: z.int(),
    commit: z.string().nullable(),
    base: z.string().nullable().openapi({ description: 'The commit it is compared with' }),
    tree: z.string().nullable(),
    patch_id: z.string().nullable(),
    author: z.string(),
    uploader: z.string(),
    lines: z.int().nullable(),
    owners: z.array(
      z.strictObject({
        name: z.string(),
        members: z.array(z.string()),
        required: z.int().openapi({ description: 'How many of them; 0 where nobody waits for them' }),
      }),
    ),
  })
  .openapi('Revision');

export const change = z
  .strictObject({
    ...summaryFields,
    revision: revision.nullable(),
    ballots: z.record(z.string(), ballot),
    waits_for: z
      .array(
        z.strictObject({
          roles: z.array(z.string()),
          principals: z.array(z.string()),
          stand_ins: z
            .array(z.strictObject({ principal: z.string(), for: z.string() }))
            .openapi({ description: 'Who may act instead of those who are named' }),
          triggers: z.array(z.string()),
          reason: z.string(),
          since: field.time,
        }),
      )
      .openapi({ description: 'Whose turn it is, and what for' }),
    dependencies: z
      .array(
        z.strictObject({
          on: z.string(),
          change: z.string().nullable(),
          kind: z.enum(DEPENDENCY_KINDS),
          rule: z.string(),
          policy: z.enum(POLICIES),
          standing: z.string(),
        }),
      )
      .openapi({ description: 'Other changes it depends on, and where these stand' }),
    threads: z.array(z.string()).openapi({ description: 'Threads that wait to be resolved' }),
    suspended: z.strictObject({ by: z.string(), at: field.time }).nullable(),
    superseded_by: z.string().nullable().openapi({ description: 'The change that takes its place' }),
    enabled: z.array(
      z.strictObject({
        trigger: z.string(),
        for: z.string().nullable().openapi({ description: 'Send it with this "for", as a delegate' }),
        from: z.string(),
        to: z.string(),
        roles: z.array(z.string()),
        by: z.array(z.string()),
        exclude: z.array(z.string()),
        reason: z.enum(['optional', 'required']),
        refusal: refusal.nullable().openapi({ description: 'Null where the caller may send this trigger' }),
      }),
    ),
  })
  .openapi('Change');
export type ChangeDocument = z.infer<typeof change>;

const remarkFields = {
  by: z.string(),
  kind: z.string(),
  for: z.string().nullable().openapi({ description: 'Whose delegate they were' }),
  at: field.time,
};
const remark = z.strictObject(remarkFields);
export type ThreadRemarkDocument = z.infer<typeof remark>;

export const thread = z
  .strictObject({
    thread: z.string(),
    opened: remark,
    file: z.string().nullable(),
    line: z.int().nullable(),
    revision: z.int().nullable().openapi({ description: 'The revision it speaks of' }),
    comments: z.array(z.strictObject({ ...remarkFields, text: z.string() })),
    resolved: z
      .strictObject({ ...remarkFields, reason: z.string().nullable() })
      .nullable()
      .openapi({ description: 'Null while it waits to be resolved' }),
  })
  .openapi('Thread');
export type ThreadDocument = z.infer<typeof thread>;

export const outcomes = z
  .strictObject({ outcomes: z.record(z.string(), z.int()) })
  .openapi('OutcomeCounts', { example: { outcomes: { approved: 12, open: 3 } } });

const definitionFields = {
  name: z.string(),
  version: z.int(),
  digest: z.string(),
  deployed_by: z.string(),
  reason: z.string().nullable(),
  deployed_at: field.time,
};
export const definitionSummary = z.strictObject(definitionFields).openapi('DefinitionSummary');
export type DefinitionSummary = z.infer<typeof definitionSummary>;

export const definition = z
  .strictObject({ ...definitionFields, definition: field.json })
  .openapi('Definition');
export type DefinitionDocument = z.infer<typeof definition>;

export const deployed = z
  .strictObject({
    name: z.string(),
    version: z.int(),
    digest: z.string(),
    created: z.boolean().openapi({ description: 'False where the newest version was the same' }),
    warnings: z.array(z.strictObject({ path: z.string(), message: z.string() })),
    forced: z.boolean().optional().openapi({ description: 'Deployed in spite of errors' }),
    review: z
      .strictObject({ change: z.string(), key: z.string() })
      .optional()
      .openapi({ description: 'The change that has to be approved before it can be activated' }),
  })
  .openapi('Deployed');

export const ownersFormat = z.enum(['github', 'gitlab', 'kubernetes', 'gerrit']);

export const projectOwners = z
  .strictObject({
    project: z.string(),
    format: ownersFormat,
    files: z.record(z.string(), z.string()),
    set_by: z.string(),
    reason: z.string().nullable(),
    set_at: field.time,
  })
  .openapi('ProjectOwners');
export type ProjectOwnersDocument = z.infer<typeof projectOwners>;

export const calendar = z
  .strictObject({ name: z.string(), calendar: field.json, set_by: z.string(), set_at: field.time })
  .openapi('Calendar');
export type CalendarDocument = z.infer<typeof calendar>;

export const tenant = z
  .strictObject({ tenant: z.string(), title: z.string(), created_at: field.time })
  .openapi('Tenant');
export type TenantDocument = z.infer<typeof tenant>;

/** One page; `next_cursor` is null on the last. */
export function page<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });
}
