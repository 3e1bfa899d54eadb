/** A dependency of a change on another, as it is said and as it is remembered. */
import type { Outcome } from './definition.ts';

/**
 * textual: the content does not apply without the other. declared: somebody said so. near: edits close to each other.
 * order: only recorded later. group: both are to land together.
 */
export const DEPENDENCY_KINDS = ['textual', 'declared', 'near', 'order', 'group'] as const;
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number];

/** From the strongest to the weakest. block: not before the other. warn: says so. allow: is known and changes nothing. */
export const POLICIES = ['block', 'warn', 'allow'] as const;
export type Policy = (typeof POLICIES)[number];

/** An outcome, "open", "unknown" where no such change is known yet, or "together" where both are done at once or neither. */
export type Standing = Outcome | 'open' | 'unknown' | 'together';

/** What a revision says it depends on: a change by its id, or by its key in the same project. */
export interface DependsOn {
  readonly on: string;
  readonly kind: DependencyKind;
  /** What found it: "does-not-apply-without", "trailer", … */
  readonly rule: string;
}

export interface Dependency extends DependsOn {
  /** The change behind `on`, once it is known. */
  readonly change?: string;
  readonly policy: Policy;
  readonly standing: Standing;
  /** The version at which it stands so; the commit holds it to that. */
  readonly version: number;
  /** Its attribute of this name, where it has one. */
  readonly risk?: string;
}

/** A dependency as a change remembers it: nothing is known of one that nobody looked for. */
export function asSeen(
  given: DependsOn & { readonly standing?: string } & Partial<Omit<Dependency, 'standing'>>,
): Dependency {
  const { on, kind, rule, change, policy = 'block', standing = 'unknown', version = 0, risk } = given;
  return {
    on,
    kind,
    rule,
    policy,
    standing: standing as Standing,
    version,
    ...(change !== undefined && { change }),
    ...(risk !== undefined && { risk }),
  };
}

/** Whether both say the same: which change, found behind which name, how and by which rule. */
export function isSameEdge(a: DependsOn & Pick<Dependency, 'change'>, b: typeof a | undefined): boolean {
  return a.on === b?.on && a.kind === b.kind && a.rule === b.rule && a.change === b.change;
}

/** Whether both say the same, where it stands included. */
export function isSameDependency(a: Dependency, b: Dependency | undefined): boolean {
  return (
    isSameEdge(a, b) &&
    a.policy === b?.policy &&
    a.standing === b.standing &&
    a.version === b.version &&
    a.risk === b.risk
  );
}

/** In which a change counts as approved for those that depend on it. */
export function isPositive(outcome: string | undefined): boolean {
  return outcome === 'approved' || outcome === 'applied';
}
