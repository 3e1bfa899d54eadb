/** What the API says of the life of definitions: versions, activations, comparisons, migrations. */
import { z } from '@hono/zod-openapi';
import type { DefinitionVersion } from '../../actors/life/life.ts';
import type { MigrationReport } from '../../actors/life/migration-report.ts';
import { DIFFERENCE_SUBJECTS } from '../../machines/compare.ts';
import { MIGRATION_CODES, type MigrationPlan } from '../../machines/migration.ts';
import { type Activation, MIGRATION_STATUSES, type MigrationRecord } from '../../persistence/records.ts';
import * as field from './fields.ts';
import { isoTime } from './iso-time.ts';

export const definitionVersion = z
  .strictObject({
    name: z.string(),
    version: z.int(),
    digest: z.string(),
    deployed_by: z.string(),
    reason: z.string().nullable(),
    deployed_at: field.time,
    active: z.boolean().openapi({ description: 'The one of projects of which nothing else was said' }),
    draft: z.boolean().openapi({ description: 'It had to be reviewed before it could be activated' }),
    forced: z.boolean().openapi({ description: 'Deployed in spite of errors' }),
    findings: field.json.openapi({ description: 'What its check found; null where that was not kept' }),
  })
  .openapi('DefinitionVersion');

export function versionDocument(version: DefinitionVersion): z.infer<typeof definitionVersion> {
  const { name, digest, deployedBy, reason, deployedAt, active, draft, forced, findings } = version;
  return {
    ...{ name, version: version.version, digest, deployed_by: deployedBy, reason },
    deployed_at: isoTime(deployedAt),
    ...{ active, draft: draft === true, forced: forced === true, findings: findings ?? null },
  };
}

export const activation = z
  .strictObject({
    activation: z.int(),
    kind: z.enum(['activate', 'retire']),
    project: z.string().nullable().openapi({ description: 'Null: all projects' }),
    version: z.int().nullable().openapi({ description: 'Null: whichever is the newest' }),
    set_by: z.string(),
    reason: z.string().nullable(),
    set_at: field.time,
  })
  .openapi('Activation');

export function activationDocument(given: Activation): z.infer<typeof activation> {
  const { kind, project, version, setBy, reason, setAt } = given;
  return {
    ...{ activation: given.activation, kind, project, version, set_by: setBy, reason },
    set_at: isoTime(setAt),
  };
}

const rename = z.strictObject({ from: z.string(), to: z.string(), likeness: z.number() });

export const comparison = z
  .strictObject({
    differences: z.array(
      z.strictObject({
        kind: z.enum(['added', 'removed', 'changed']),
        what: z.enum(DIFFERENCE_SUBJECTS),
        name: z.string(),
        before: field.json,
        after: field.json,
        sentence: z.string(),
      }),
    ),
    renames: z.array(rename).openapi({ description: 'States that may only have another name' }),
  })
  .openapi('DefinitionComparison');

const path = field.text(300);
const paths = z.record(path, path);
export const migrationBody = z
  .strictObject({
    definition: field.name,
    from: z.int().min(1),
    to: z.int().min(1),
    states: paths.default({}).openapi({ description: 'Paths that differ, as {"Draft":"Preparing"}' }),
    votes: z.record(path, z.enum(['keep', 'drop'])).default({}),
    timers: z.record(path, z.enum(['keep', 'reset'])).default({}),
    reason: field.reason.optional(),
    dry_run: z.boolean().default(false),
  })
  .openapi('NewMigration');

const problem = z.strictObject({
  code: z.enum(MIGRATION_CODES),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
});

export const migrationReport = z
  .strictObject({
    definition: z.string(),
    from: z.int(),
    to: z.int(),
    proven: z.boolean().openapi({ description: 'Only then it is carried out' }),
    problems: z.array(problem),
    landings: z.array(
      z.strictObject({
        from: field.json,
        to: field.json.openapi({ description: 'Null where these changes cannot land' }),
        count: z.int(),
        examples: z.array(z.string()),
        problem: problem.nullable(),
      }),
    ),
    renames: z.array(rename),
  })
  .openapi('MigrationReport');

export function reportDocument(report: MigrationReport): z.infer<typeof migrationReport> {
  const { name, from, to, proven, problems, landings, renames } = report;
  return {
    ...{ definition: name, from, to, proven, problems: [...problems], renames: [...renames] },
    landings: landings.map((each) => ({ ...each, examples: [...each.examples] })),
  };
}

export const migration = z
  .strictObject({
    id: z.uuid(),
    definition: z.string(),
    from: z.int(),
    to: z.int(),
    states: paths,
    votes: z.record(z.string(), z.enum(['keep', 'drop'])),
    timers: z.record(z.string(), z.enum(['keep', 'reset'])),
    status: z.enum(MIGRATION_STATUSES),
    moved: z.int(),
    reverted: z.int(),
    started_by: z.string(),
    reason: z.string().nullable(),
    started_at: field.time,
    updated_at: field.time,
  })
  .openapi('Migration');

export function migrationDocument(record: MigrationRecord): z.infer<typeof migration> {
  const { id, name, fromVersion, toVersion, status, moved, reverted, startedBy, reason } = record;
  const { states, votes, timers } = record.plan as unknown as MigrationPlan;
  return {
    ...{ id, definition: name, from: fromVersion, to: toVersion, states: { ...states } },
    ...{ votes: { ...votes }, timers: { ...timers }, status, moved, reverted, started_by: startedBy, reason },
    ...{ started_at: isoTime(record.startedAt), updated_at: isoTime(record.updatedAt) },
  };
}
