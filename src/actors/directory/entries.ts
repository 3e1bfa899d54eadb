/**
 * What a tenant says of its people: who they are, the groups they belong to, the roles they are granted and where, and the
 * portfolio of each project. Grants are core RBAC with scopes (Sandhu et al., "Role-Based Access Control Models", 1996).
 */
import { z } from 'zod';
import type { DirectoryEntry, NewDirectoryEntry } from '../../persistence/records.ts';
import { policiesSchema, reactionsSchema } from '../dependencies/edge.ts';

export const MAX_MEMBERS = 10_000;
/** Entries said at once. */
export const MAX_AT_ONCE = 1_000;
/** How far up a chain of managers a grant may reach. */
export const MAX_LEVEL = 5;

const word = z.string().min(1).max(200);

export const principalSchema = z.strictObject({
  kind: z.enum(['person', 'agent']).default('person'),
  title: z.string().max(200).optional(),
  /** The person an agent works for. */
  sponsor: word.optional(),
  /** The person somebody reports to. */
  manager: word.optional(),
  /** Other names that version control and owners files know them by: addresses, logins. */
  aliases: z.array(word).max(50).optional(),
});

/** Principals by id, and groups as "@name". */
export const groupSchema = z.strictObject({
  members: z.array(word).max(MAX_MEMBERS),
  title: z.string().max(200).optional(),
});

/** What dependencies do, and what happens to those that depend: each place says only what it wants to differ. */
const dependencies = z
  .strictObject({ policies: policiesSchema.optional(), reactions: reactionsSchema.optional() })
  .optional();

/** `restricted`: only those with a role in it, or in its portfolio, may read it. */
export const projectSchema = z.strictObject({
  portfolio: word.optional(),
  restricted: z.boolean().optional(),
  dependencies,
});
/** A portfolio, and the tenant as a whole (whose entry has the name "tenant"). */
export const placeSchema = z.strictObject({ dependencies });
/** Where definitions are reviewed before they become active: the workflow that they are reviewed by. */
const definitions = z.strictObject({ review: word.optional() }).optional();
export const tenantSchema = placeSchema.extend({ definitions });

/** To whom: a principal, all of a group, or whoever manages a change's author (1 the manager, 2 that one's manager …). */
const grantee = z.union([
  z.strictObject({ principal: word }),
  z.strictObject({ group: word }),
  z.strictObject({ manager_level: z.int().min(1).max(MAX_LEVEL) }),
]);

/** Where: a project, a portfolio of projects, or everywhere. */
const scope = z.union([
  z.strictObject({ project: word }),
  z.strictObject({ portfolio: word }),
  z.literal('everywhere'),
]);

export const grantSchema = z.strictObject({ role: word, to: grantee, in: scope.default('everywhere') });

export type PrincipalEntry = z.output<typeof principalSchema>;
export type Grant = z.output<typeof grantSchema>;

const named = <K extends string, V extends z.ZodType>(kind: K, value: V) =>
  z.strictObject({ kind: z.literal(kind), name: word, value: value.nullable() });

/** One thing said. A grant has no name: what it says is its name, and `removed` takes it away. */
export const said = z.discriminatedUnion('kind', [
  named('principal', principalSchema),
  named('group', groupSchema),
  named('project', projectSchema),
  named('portfolio', placeSchema),
  z.strictObject({ kind: z.literal('tenant'), name: z.literal('tenant'), value: tenantSchema.nullable() }),
  z.strictObject({ kind: z.literal('grant'), grant: grantSchema, removed: z.boolean().default(false) }),
]);

export type Said = z.output<typeof said>;

/** The entry that stands for it. */
export function entryFor(each: Said): NewDirectoryEntry {
  if (each.kind !== 'grant') return { kind: each.kind, name: each.name, value: each.value };
  return { kind: 'grant', name: nameOfGrant(each.grant), value: each.removed ? null : each.grant };
}

/** Equal grants have equal names. */
export function nameOfGrant({ role, to, in: where }: Grant): string {
  return JSON.stringify([role, to, where]);
}

/** What stands in the store was checked when it came in. */
export const saidOf = {
  principal: ({ value }: DirectoryEntry) => value as unknown as PrincipalEntry,
  group: ({ value }: DirectoryEntry) => value as unknown as z.output<typeof groupSchema>,
  project: ({ value }: DirectoryEntry) => value as unknown as z.output<typeof projectSchema>,
  place: ({ value }: DirectoryEntry) => value as unknown as z.output<typeof placeSchema>,
  tenant: ({ value }: DirectoryEntry) => value as unknown as z.output<typeof tenantSchema>,
  grant: ({ value }: DirectoryEntry) => value as unknown as Grant,
};
