/** What depends on what: the graph around a change, what is in its way and in whose way it is, and what would follow if. */
import { z } from '@hono/zod-openapi';
import type { DrawQuestion, Supposed } from '../../actors/dependencies/questions.ts';
import { noSuchChange } from '../../actors/missing.ts';
import { jsonResponse, textResponse } from '../response.ts';
import * as field from './fields.ts';
import {
  blockersDocument,
  conflictsDocument,
  graphDocument,
  listDocument,
  orderDocument,
  whatIfDocument,
} from './graph-documents.ts';
import * as schema from './graph-schemas.ts';
import type { AuthorisedCall, Routes } from './route.ts';
import type { Services } from './services.ts';

const tag = 'changes';
const params = z.object({ id: field.uuid });

const TEXT_TYPES = {
  mermaid: 'text/vnd.mermaid; charset=utf-8',
  dot: 'text/vnd.graphviz; charset=utf-8',
} as const;

type Asked<Q> = AuthorisedCall<{ id: string }, Q, unknown, unknown>;

export function addGraphRoutes(routes: Routes, services: Services): void {
  addDrawing(routes, services);
  addLists(routes, services);
  addSuppositions(routes, services);
}

const refOf = ({ params: { id }, principal: { tenant } }: Asked<unknown>) => ({ tenant, change: id });

function found<T>(answer: T | undefined, id: string): T {
  if (answer === undefined) throw noSuchChange(id);
  return answer;
}

function addDrawing(routes: Routes, { backend: { graph } }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/graph',
      summary: 'The graph around a change, as a document to draw or as text for Mermaid or Graphviz',
      tag,
      params,
      query: schema.graphQuery,
      answers: { 200: { description: 'As much of it as fits', schema: schema.graph } },
    },
    async (call: Asked<schema.GraphQuery>) => {
      const { id } = call.params;
      const { format } = call.query;
      const question = questionOf(call.query);
      if (format === 'json')
        return jsonResponse(200, graphDocument(id, found(await graph.draw(refOf(call), question), id)));
      const { text } = found(await graph.text(refOf(call), question, format, call.hidden), id);
      const headers = { 'content-type': TEXT_TYPES[format], 'cache-control': 'private, no-cache' };
      return textResponse(200, text, headers);
    },
  );
}

function questionOf({ direction, kinds, limit }: schema.GraphQuery): DrawQuestion {
  const directions = direction === 'both' ? (['up', 'down'] as const) : [direction];
  return { directions, limit, ...(kinds && { kinds }) };
}

function addLists(routes: Routes, { backend: { graph } }: Services): void {
  const query = schema.listQuery;
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/blockers',
      summary: 'What has to land before a change can, also through others, and the path that takes longest',
      tag,
      params,
      query,
      answers: { 200: { description: 'Nearest first, each with the reason', schema: schema.blockers } },
    },
    async (call) => {
      const { id } = call.params;
      const answer = await graph.blockers(refOf(call), call.query.limit);
      return jsonResponse(200, blockersDocument(id, found(answer, id)));
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/dependants',
      summary: 'What depends on a change, also through others',
      tag,
      params,
      query,
      answers: { 200: { description: 'Nearest first, each with the reason', schema: schema.dependants } },
    },
    async (call) => {
      const { id } = call.params;
      const answer = await graph.dependants(refOf(call), call.query.limit);
      return jsonResponse(200, listDocument(id, found(answer, id)));
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/conflicts',
      summary: 'Open changes that edit the same lines or lines close by, and who goes first',
      tag,
      params,
      query,
      answers: { 200: { description: 'Closest first', schema: schema.conflicts } },
    },
    async (call) => {
      const { id } = call.params;
      const answer = await graph.conflicts(refOf(call), call.query.limit);
      return jsonResponse(200, conflictsDocument(id, found(answer, id)));
    },
  );
}

function addSuppositions(routes: Routes, { backend: { graph } }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/graph/order',
      summary: 'In which order these changes can land; nothing is written',
      tag,
      body: schema.orderBody,
      answers: { 200: { description: 'Groups, one after the other', schema: schema.order } },
    },
    async ({ body: { changes }, principal: { tenant } }) =>
      jsonResponse(200, orderDocument(await graph.order(tenant, changes))),
  );
  routes.authorised(
    {
      method: 'post',
      path: '/v1/changes/{id}/what-if',
      summary: 'What would follow for others if something happened to a change; nothing is written',
      tag,
      params,
      body: schema.whatIfBody,
      answers: {
        200: { description: 'Whether it can, and who is told, held, reopened', schema: schema.whatIf },
      },
    },
    async ({ params: { id }, body, principal: { tenant } }) => {
      const answer = await graph.whatIf({ tenant, change: id }, supposedOf(body));
      return jsonResponse(200, whatIfDocument(found(answer, id)));
    },
  );
}

function supposedOf(body: schema.WhatIfBody): Supposed {
  return 'if' in body ? { happens: body.if } : { landsBefore: body.lands_before };
}
