/** What a client of Atomic subscribes to: a stream of ours, and which of its rows are told. */
import { z } from '@hono/zod-openapi';
import * as field from '../http/fields.ts';
import { check, invalid } from '../http/input.ts';
import type { TransitionDocument } from '../http/schemas.ts';
import type { RequestOf } from './envelope.ts';
import { isIn } from './states.ts';

/** A filter nobody knows would let too much through: it is refused. */
const filters = z.strictObject({
  project: field.name.optional(),
  resource_id: field.uuid.optional(),
  old_state: field.text(500).optional(),
  new_state: field.text(500).optional(),
  action: field.name.optional(),
  actor: field.principalId.optional(),
  /** To come back after a connection broke: the `seq` of the last message, and the `epoch` of the answer before. */
  since: z.int().min(0).optional(),
  epoch: z.string().max(100).optional(),
});

export interface Wanted {
  /** The rest of a `subscribe` command. */
  readonly command: { readonly stream: string; readonly since?: number; readonly epoch?: string };
  readonly wants: (row: TransitionDocument) => boolean;
}

/** Throws INVALID_INPUT. */
export function wantedBy({ message_types, filters: given }: RequestOf<'Subscribe'>): Wanted {
  if (message_types.length > 0 && !message_types.includes('StateChanged'))
    throw invalid([
      { path: 'payload.data.message_types', message: 'names nothing that is pushed: "StateChanged"' },
    ]);
  const { project, resource_id, since, epoch, ...conditions } = check(filters, given, 'payload.data.filters');
  if (project !== undefined && resource_id !== undefined)
    throw invalid([
      { path: 'payload.data.filters', message: 'names a project and a resource; give one of them' },
    ]);
  const { old_state, new_state, action, actor } = conditions;
  return {
    command: {
      stream: resource_id ? `change:${resource_id}` : project ? `project:${project}` : 'tenant',
      ...(since !== undefined && { since }),
      ...(epoch !== undefined && { epoch }),
    },
    wants: ({ kind, from, to, event, principal }) =>
      (kind === 'transition' || kind === 'proposed') &&
      (old_state === undefined || isIn(from, old_state)) &&
      (new_state === undefined || isIn(to, new_state)) &&
      (action === undefined || event === action) &&
      (actor === undefined || principal === actor),
  };
}
