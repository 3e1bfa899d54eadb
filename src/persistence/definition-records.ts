/** The shapes in which the life of a definition is stored: activations, and migrations of the changes that follow it. */
import type { ChangeRef, Json } from './identities.ts';

/** One thing said of which version new changes follow; the newest of a project counts, then the newest of all projects. */
export interface Activation {
  readonly tenant: string;
  readonly name: string;
  /** Grows with every one. */
  readonly activation: number;
  readonly kind: 'activate' | 'retire';
  /** Null: all projects. */
  readonly project: string | null;
  /** Null: whichever is the newest. */
  readonly version: number | null;
  readonly setBy: string;
  readonly reason: string | null;
  readonly setAt: number;
}

export type NewActivation = Omit<Activation, 'activation'>;

/** What decides which version new changes follow. */
export interface DefinitionLife {
  /** The newest version that is no draft; null where there is none. */
  readonly newest: number | null;
  /** The newest of each project and of all projects, and of each kind. */
  readonly activations: readonly Activation[];
}

export const MIGRATION_STATUSES = ['running', 'paused', 'done', 'reverting', 'reverted', 'closed'] as const;
export type MigrationStatus = (typeof MIGRATION_STATUSES)[number];

/** Running changes being brought from one version of a definition to another. */
export interface MigrationRecord {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly plan: Json;
  readonly status: MigrationStatus;
  /** The last change that was looked at; '' before the first. */
  readonly position: string;
  readonly moved: number;
  readonly reverted: number;
  readonly startedBy: string;
  readonly startedByKind: string;
  readonly reason: string | null;
  readonly startedAt: number;
  readonly updatedAt: number;
}

/** What one batch adds to a migration. It never moves `position` back but to '', the start of another round. */
export interface MigrationProgress {
  /** What the migration was doing; the position is that of something else where it does something else by now. */
  readonly status: MigrationStatus;
  readonly position: string;
  readonly moved: number;
  readonly reverted: number;
  readonly at: number;
}

/** Which open changes follow one version of a definition. */
export interface Following {
  readonly tenant: string;
  readonly name: string;
  readonly version: number;
}

/** Open changes in one state value. */
export interface LiveConfiguration {
  readonly state: Json;
  readonly count: number;
  /** Ids of some of them, the oldest first. */
  readonly examples: readonly string[];
}

export interface FollowingChange extends ChangeRef {
  readonly version: number;
}
