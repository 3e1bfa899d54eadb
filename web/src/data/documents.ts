/** What the API says, by the types of the server's own schemas: a field that changes there is an error here. */

export type {
  DiffLineDocument,
  FileLinesDocument,
  RevisionFileDocument,
  ToldRevisionDocument,
} from '../../../src/gateway/http/content-schemas.ts';
export type { ConflictsDocument, GraphDocument } from '../../../src/gateway/http/graph-schemas.ts';
export type {
  ChangeDocument,
  ChangeSummary,
  DefinitionSummary,
  ThreadDocument,
  TimerDocument,
  TransitionDocument,
} from '../../../src/gateway/http/schemas.ts';
export type { Definition, Region, State, Transition } from '../../../src/machines/definition.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** A state as the machine says it: a name, or names of regions with their states. */
export type StateValue = string | { readonly [name: string]: StateValue };
