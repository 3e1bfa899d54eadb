/**
 * That one change depends on another, how anybody knows, and what follows: the policy of a kind says whether the dependency
 * blocks, a reaction says what a change gets when something happens to what it depends on. Both are stored as plain data by
 * tenant, portfolio and project, each saying only what it wants to differ.
 */
import { z } from 'zod';
import { DEPENDENCY_KINDS, type DependencyKind, POLICIES, type Policy } from '../../machines/dependencies.ts';
import type { Happened } from '../../persistence/records.ts';

export { DEPENDENCY_KINDS as EDGE_KINDS, type DependencyKind as EdgeKind, POLICIES, type Policy };

/** `change` depends on `on`. */
export interface Edge {
  readonly change: string;
  readonly on: string;
  readonly kind: DependencyKind;
  /** What found it: 'does-not-apply-without', 'trailer', 'within-3-lines'. */
  readonly rule: string;
}

export type Policies = Readonly<Record<DependencyKind, Policy>>;

export const DEFAULT_POLICIES: Policies = {
  textual: 'block',
  declared: 'block',
  order: 'allow',
  near: 'warn',
  group: 'block',
};

/** What can happen to a change that others depend on. */
export const HAPPENINGS = ['rejected', 'withdrawn', 'superseded', 'revised'] as const;
export type Happening = (typeof HAPPENINGS)[number];

/** tell: its people hear of it. hold: it goes no further. reopen: an approved one is judged again, an open one is held. */
export const REACTIONS = ['tell', 'hold', 'reopen'] as const;
export type Reaction = (typeof REACTIONS)[number];
export type Reactions = Readonly<Record<Happening, Reaction>>;

export const DEFAULT_REACTIONS: Reactions = {
  rejected: 'hold',
  withdrawn: 'hold',
  superseded: 'hold',
  revised: 'tell',
};

/** What a project wants for what happened to a change that its own depend on. */
export function reactionOf(
  reactions: Reactions,
  { version, outcome, event }: Pick<Happened, 'version' | 'outcome' | 'event'>,
): Reaction {
  if (event === 'change.supersede') return reactions.superseded;
  if (outcome === 'rejected' || outcome === 'withdrawn') return reactions[outcome];
  // A change that is reopened is to be judged again, as one is that gets a new revision.
  return outcome === null && version > 1 ? reactions.revised : 'tell';
}

const policy = z.enum(POLICIES).optional();
const reaction = z.enum(REACTIONS).optional();

/** What one place says of policies; what it leaves out is as in the wider place. */
export const policiesSchema = z.strictObject({
  textual: policy,
  declared: policy,
  order: policy,
  near: policy,
  group: policy,
});

/** What one place says of reactions; what it leaves out is as in the wider place. */
export const reactionsSchema = z.strictObject({
  rejected: reaction,
  withdrawn: reaction,
  superseded: reaction,
  revised: reaction,
});

export const edgeSchema = z.strictObject({
  change: z.string().min(1).max(200),
  on: z.string().min(1).max(200),
  kind: z.enum(DEPENDENCY_KINDS),
  rule: z.string().min(1).max(100),
});

export type PolicyLayer = z.output<typeof policiesSchema>;
export type ReactionLayer = z.output<typeof reactionsSchema>;

export const policyOf = (policies: PolicyLayer, kind: DependencyKind): Policy =>
  policies[kind] ?? DEFAULT_POLICIES[kind];

/** From wide to narrow: the tenant's, the portfolio's, the project's. The narrowest that says something counts. */
export function resolvePolicies(...layers: readonly (PolicyLayer | null | undefined)[]): Policies {
  return layers.reduce<Policies>(overlaid, DEFAULT_POLICIES);
}

/** From wide to narrow, as policies are. */
export function resolveReactions(...layers: readonly (ReactionLayer | null | undefined)[]): Reactions {
  return layers.reduce<Reactions>(overlaid, DEFAULT_REACTIONS);
}

/** What a layer leaves out, or has as undefined, stays as it was. */
function overlaid<T extends object>(
  below: T,
  layer: { readonly [K in keyof T]?: T[K] } | null | undefined,
): T {
  const said = Object.entries(layer ?? {}).filter(([, value]) => value !== undefined);
  return { ...below, ...Object.fromEntries(said) };
}
