/** The graph of changes as it is stored and read. */
import type { Json, ProjectRef } from './identities.ts';

/** An edge of the graph as it is stored. */
export interface ChangeEdge {
  /** As it was said: a change's id, or its key in `project`. */
  readonly target: string;
  readonly kind: string;
  readonly rule: string;
  /** The change behind the target; null as long as there is none. */
  readonly on: string | null;
  readonly project: string;
}

/** An edge as it is read; `on` is the target where no change is known. */
export interface EdgeRow {
  readonly change: string;
  readonly on: string;
  readonly target: string;
  readonly kind: string;
  readonly rule: string;
  readonly known: boolean;
}

/** What is asked where it stands: a change by its id, or by its key in the project. */
export interface Target extends ProjectRef {
  readonly target: string;
}

/** Where the change behind a target stands; `place` counts the targets from 1. */
export interface Standing {
  readonly place: number;
  readonly change: string;
  readonly version: number;
  readonly outcome: string | null;
  /** Whether it came to its outcome because another change takes its place. */
  readonly superseded: boolean;
  readonly risk: string | null;
}

/** A change that depends on another, as it named that. */
export interface Dependant {
  readonly change: string;
  readonly target: string;
  readonly outcome: string | null;
}

/** What happened last to a change that others depend on. */
export interface Happened {
  readonly change: string;
  readonly version: number;
  readonly event: string;
  readonly outcome: string | null;
  readonly project: string;
  readonly key: string | null;
  readonly title: string;
}

/** How far a tenant's stream was looked through for cascades, and where it ends. */
export interface CascadePosition {
  readonly tenant: string;
  readonly seq: number;
  readonly head: number;
  /** The same of the directory, whose rules say what dependencies do. */
  readonly directorySeq: number;
  readonly directoryHead: number;
}

/** An open change that depends on others. */
export interface OpenDependant {
  readonly change: string;
  readonly project: string;
}

/** A change as a graph shows it. */
export interface GraphNode {
  readonly change: string;
  readonly key: string | null;
  readonly title: string;
  readonly project: string;
  readonly state: Json;
  readonly outcome: string | null;
  readonly since: number;
}
