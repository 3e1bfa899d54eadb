/** Changes: propose one, find them, look at one, send it an event. */

import { z } from '@hono/zod-openapi';
import { noSuchChange } from '../../actors/missing.ts';
import type { ChangeView } from '../../actors/views.ts';
import { CountersignError, invariant } from '../../errors.ts';
import type { ChangeFilter } from '../../persistence/records.ts';
import { holdContentTo } from '../content.ts';
import { jsonResponse, textResponse } from '../response.ts';
import { unlessBroken } from '../unless-broken.ts';
import {
  answerHeaders,
  commandHeaders,
  delegateField,
  envelopeOf,
  etag,
  importFields,
  keyHeader,
} from './command.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import { requireOpen } from './hidden.ts';
import { refusalResponse } from './problem-response.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { changeDocument, changeSummary, transitionDocument } from './wire.ts';

const tag = 'changes';
const params = z.object({ id: field.uuid });

export const proposalBody = z
  .strictObject({
    definition: field.name,
    project: field.name,
    key: field.changeKey.optional(),
    title: field.title,
    attributes: field.jsonObject.optional(),
    ...importFields,
  })
  .openapi('Proposal');

export const eventBody = z
  .strictObject({
    trigger: field.name,
    reason: field.reason.optional(),
    data: field.json.optional(),
    revision: z.int().min(0).optional().openapi({ description: 'The revision the sender saw' }),
    ...delegateField,
    ...importFields,
  })
  .openapi('Event');

const filterFields = {
  project: field.name.optional(),
  key: field.changeKey.optional(),
  author: field.principalId.optional(),
  definition: field.name.optional(),
  state: field.statePath.optional(),
  outcome: z.enum(['approved', 'rejected', 'withdrawn', 'applied', 'open']).optional(),
};
const outcomesQuery = z.strictObject(filterFields);
const listQuery = outcomesQuery.extend({ cursor: field.cursor.optional(), limit: field.limit });

export function addChangeRoutes(routes: Routes, services: Services): void {
  addProposal(routes, services);
  addQueries(routes, services);
  addEvents(routes, services);
}

function addProposal(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/changes',
      summary: 'Propose a change',
      tag,
      headers: keyHeader,
      body: proposalBody,
      answers: { 201: { description: 'The change, as its author sees it', schema: schema.change } },
    },
    async ({ body, headers, principal, requestId, hidden }) => {
      const { as: _as, occurred_at: _at, ...proposal } = body;
      requireOpen(proposal.project, hidden);
      const envelope = envelopeOf(principal, body, headers['idempotency-key']);
      const answer = await backend.propose(defined(proposal), envelope);
      if (!answer.ok) return refusalResponse(answer.refusal, requestId, answerHeaders(answer));
      const { change } = answer.row;
      const view = await backend.view({ tenant: principal.tenant, change }, envelope.principal);
      invariant(view, `the change ${change} that was just proposed can be read`);
      return jsonResponse(201, changeDocument(view), {
        ...answerHeaders(answer),
        location: `/v1/changes/${change}`,
        etag: etag(view.version),
      });
    },
  );
}

function addQueries(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes',
      summary: 'Find changes, newest first',
      tag,
      query: listQuery,
      answers: { 200: { description: 'One page', schema: schema.page(schema.changeSummary) } },
    },
    async ({ query: { cursor, limit, ...filter }, principal }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor, isChangeId);
      const page = { limit: limit + 1, ...(before !== undefined && { before }) };
      const found = await backend.store.changes(principal.tenant, filterOf(filter), page);
      const { shown, nextCursor } = cutPage(found, limit, (change) => change.change);
      return jsonResponse(200, { items: shown.map(changeSummary), next_cursor: nextCursor });
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/outcomes',
      summary: 'Count changes by outcome, "open" included',
      tag,
      query: outcomesQuery,
      answers: { 200: { description: 'How many of each', schema: schema.outcomes } },
    },
    async ({ query, principal, hidden }) => {
      const outcomes = await readableOutcomes(backend, principal.tenant, filterOf(query), hidden);
      return jsonResponse(200, { outcomes });
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}',
      summary: 'One change, with what the caller may do next',
      tag,
      params,
      answers: {
        200: { description: 'The change; its ETag is its version', schema: schema.change },
        304: { description: 'Still at the version in If-None-Match' },
      },
    },
    async ({ params: { id }, principal, request }) => {
      const loaded = backend.view({ tenant: principal.tenant, change: id }, principal);
      const view = await unlessBroken(loaded, ({ message }) => {
        throw cannotBeLoaded(id, message);
      });
      if (view === undefined) throw noSuchChange(id);
      return changeResponse(view, request.headers.get('if-none-match'));
    },
  );
}

function addEvents(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/changes/{id}/events',
      summary: 'Send an event to a change',
      tag,
      params,
      headers: commandHeaders,
      body: eventBody,
      answers: { 200: { description: 'The row it left in the log', schema: schema.transition } },
    },
    async ({ params: { id }, body, headers, principal, requestId }) => {
      const { as: _as, occurred_at: _at, for: _for, ...event } = body;
      const expectedVersion = headers['if-match'];
      holdContentTo(principal, body);
      const envelope = envelopeOf(principal, body, headers['idempotency-key']);
      const answer = await backend.send(defined({ change: id, ...event, expectedVersion }), envelope);
      if (!answer.ok) return refusalResponse(answer.refusal, requestId, answerHeaders(answer));
      return jsonResponse(200, transitionDocument(answer.row), answerHeaders(answer));
    },
  );
}

/** Those of all projects, less those of the hidden ones. */
async function readableOutcomes(
  { store }: Services['backend'],
  tenant: string,
  filter: ChangeFilter,
  hidden: ReadonlySet<string>,
): Promise<Record<string, number>> {
  if (filter.project !== undefined) requireOpen(filter.project, hidden);
  const less = filter.project === undefined ? [...hidden] : [];
  const [all = {}, ...rest] = await Promise.all([
    store.outcomes(tenant, filter),
    ...less.map((project) => store.outcomes(tenant, { ...filter, project })),
  ]);
  const left = Object.entries(all).map(([outcome, count]) => {
    const away = rest.reduce((sum, each) => sum + (each[outcome] ?? 0), 0);
    return [outcome, Math.max(0, count - away)] as const;
  });
  return Object.fromEntries(left.filter(([, count]) => count > 0));
}

function changeResponse(view: ChangeView, seen: string | null): Response {
  const tags = (seen ?? '').split(',').map((entry) => entry.trim().replace(/^W\//, ''));
  const headers = { etag: etag(view.version), vary: 'authorization' };
  if (tags.includes(etag(view.version)) || tags.includes('*')) return textResponse(304, '', headers);
  return jsonResponse(200, changeDocument(view), headers);
}

function cannotBeLoaded(id: string, why: string): CountersignError {
  return new CountersignError('CHANGE_QUARANTINED', `The change ${id} cannot be loaded (${why}).`, {
    hint: 'Mend what is stored of it; its log is whole and can be read. Other changes are not affected.',
  });
}

export function isChangeId(value: unknown): value is string {
  return field.uuid.safeParse(value).success;
}

function filterOf(query: z.output<typeof outcomesQuery>): ChangeFilter {
  return defined(query);
}

/** The same object without the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
