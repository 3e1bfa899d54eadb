/** What the HTTP API says about dependencies, as far as the command line reads it. */
import type { Json } from '../persistence/records.ts';

export interface GraphMember {
  readonly id: string;
  readonly known: boolean;
  readonly key: string;
  readonly title: string;
  readonly state: Json;
  readonly outcome: string | null;
}

export interface GraphEdge {
  /** It depends on `on`. */
  readonly change: string;
  readonly on: string;
  readonly kind: string;
  readonly rule: string;
}

interface Cut {
  /** A sentence where something was left out. */
  readonly left_out: string | null;
}

export interface Graph extends Cut {
  readonly nodes: readonly GraphMember[];
  readonly edges: readonly (GraphEdge & { readonly policy: string; readonly blocking: boolean })[];
  readonly cycles: readonly (readonly string[])[];
}

export interface Related extends GraphMember {
  readonly distance: number;
  readonly by: GraphEdge;
  readonly why: string;
}

export interface Blockers extends Cut {
  readonly items: readonly Related[];
  readonly lost: readonly Related[];
  readonly critical_path: {
    readonly steps: readonly { readonly changes: readonly GraphMember[]; readonly estimate_ms: number }[];
    readonly total_ms: number;
    readonly unestimated: readonly string[];
  };
}

export interface Conflicts extends Cut {
  readonly items: readonly {
    readonly with: GraphMember;
    readonly closeness: string;
    readonly first: string;
    readonly sentence: string;
  }[];
  readonly why: string | null;
}

export interface MergeOrder extends Cut {
  readonly groups: readonly (readonly GraphMember[])[];
  readonly needs: readonly GraphMember[];
  readonly unplaced: readonly { readonly change: string; readonly reason: string }[];
}

export type WhatIfBody = { readonly if: string } | { readonly lands_before: string };

export interface WhatIf extends Cut {
  readonly possible: boolean;
  readonly sentence: string;
  readonly effects: readonly {
    readonly change: GraphMember;
    readonly reaction: string;
    readonly reason: string;
  }[];
  readonly freed: readonly GraphMember[];
  readonly needs: readonly GraphMember[];
}
