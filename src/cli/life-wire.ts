/** What the HTTP API says of versions of definitions and of migrations, as far as the command line reads it. */
import type { Json } from '../persistence/records.ts';

export interface DefinitionVersion {
  readonly version: number;
  readonly digest: string;
  readonly deployed_by: string;
  readonly deployed_at: string;
  readonly reason: string | null;
  readonly active: boolean;
  readonly draft: boolean;
  readonly forced: boolean;
}

export interface DefinitionActivation {
  readonly kind: 'activate' | 'retire';
  readonly project: string | null;
  readonly version: number | null;
}

export interface Rename {
  readonly from: string;
  readonly to: string;
  readonly likeness: number;
}

export interface DefinitionComparison {
  readonly differences: readonly {
    readonly kind: 'added' | 'removed' | 'changed';
    readonly sentence: string;
  }[];
  readonly renames: readonly Rename[];
}

export interface NewMigration {
  readonly definition: string;
  readonly from: number;
  readonly to: number;
  readonly states: Readonly<Record<string, string>>;
  readonly votes: Readonly<Record<string, 'drop'>>;
  readonly timers: Readonly<Record<string, 'reset'>>;
  readonly reason?: string;
  readonly dry_run?: true;
}

export interface MigrationReport {
  readonly proven: boolean;
  readonly problems: readonly { readonly severity: string; readonly message: string }[];
  readonly landings: readonly {
    readonly from: Json;
    readonly to: Json;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
  readonly renames: readonly Rename[];
}

export interface Migration {
  readonly id: string;
  readonly definition: string;
  readonly from: number;
  readonly to: number;
  readonly status: string;
  readonly moved: number;
  readonly reverted: number;
  readonly started_by: string;
  readonly started_at: string;
}

export interface StartedMigration {
  readonly migration: Migration;
  readonly report: MigrationReport;
}
