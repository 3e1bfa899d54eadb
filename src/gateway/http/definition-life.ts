/** The versions of a definition: what is different between them, which is active where, and what was ever said of that. */
import { z } from '@hono/zod-openapi';
import type { Json } from '../../persistence/records.ts';
import { jsonResponse } from '../response.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import * as life from './life-schemas.ts';
import { refusalResponse } from './problem-response.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';

const tag = 'definitions';
const named = z.object({ name: field.name });
const versionNumber = z.coerce.number().pipe(z.int().min(1));

const where = { project: field.name.optional(), reason: field.reason.optional() };
export const activationBody = z
  .strictObject({
    version: z
      .union([z.int().min(1), z.literal('newest')])
      .openapi({ description: '"newest": whichever is; of a project: what is active everywhere' }),
    ...where,
  })
  .openapi('NewActivation');
export const rollbackBody = z.strictObject(where).openapi('Rollback');
export const retirementBody = z.strictObject({ reason: field.reason.optional() }).openapi('Retirement');

export function addDefinitionLifeRoutes(routes: Routes, services: Services): void {
  addReading(routes, services);
  addActivating(routes, services);
  addEnding(routes, services);
}

function addReading(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/definitions/{name}/versions',
      summary: 'Every version of a definition, newest first',
      tag,
      params: named,
      answers: { 200: { description: 'All of them', schema: schema.page(life.definitionVersion) } },
    },
    async ({ params: { name }, principal }) => {
      const versions = await backend.life.versions(principal.tenant, name);
      return jsonResponse(200, { items: versions.map(life.versionDocument), next_cursor: null });
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/definitions/{name}/compare/{from}/{to}',
      summary: 'What is different between two versions, in sentences and as data',
      tag,
      params: z.object({ name: field.name, from: versionNumber, to: versionNumber }),
      answers: { 200: { description: 'The differences', schema: life.comparison } },
    },
    async ({ params: { name, from, to }, principal }) => {
      const compared = await backend.life.compare(principal.tenant, name, from, to);
      return jsonResponse(200, JSON.parse(JSON.stringify(compared)) as Json);
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/definitions/{name}/activations',
      summary: 'What was ever said of which version is active, newest first',
      tag,
      params: named,
      query: z.strictObject({ cursor: field.cursor.optional(), limit: field.limit }),
      answers: { 200: { description: 'A page of it', schema: schema.page(life.activation) } },
    },
    async ({ params: { name }, query: { cursor, limit }, principal }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor, isPosition);
      const page = { limit: limit + 1, ...(before !== undefined && { before }) };
      const said = await backend.life.history(principal.tenant, name, page);
      const { shown, nextCursor } = cutPage(said, limit, (each) => each.activation);
      return jsonResponse(200, { items: shown.map(life.activationDocument), next_cursor: nextCursor });
    },
  );
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function addActivating(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/definitions/{name}/activations',
      summary: 'Let new changes follow a version, in all projects or in one',
      tag,
      role: 'deployer',
      params: named,
      body: activationBody,
      answers: { 201: { description: 'They do from now on', schema: life.activation } },
    },
    async ({ params: { name }, body, principal, requestId }) => {
      const { version, project = null, reason = null } = body;
      const what = { version: version === 'newest' ? null : version, project, reason };
      const said = await backend.life.activate(principal.tenant, name, what, principal);
      if (!said.ok) return refusalResponse(said.refusal, requestId, {});
      return jsonResponse(201, life.activationDocument(said.value));
    },
  );
}

function addEnding(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/definitions/{name}/rollback',
      summary: 'Activate the version before the active one',
      tag,
      role: 'deployer',
      params: named,
      body: rollbackBody,
      answers: { 201: { description: 'New changes follow it from now on', schema: life.activation } },
    },
    async ({ params: { name }, body: { project = null, reason = null }, principal, requestId }) => {
      const said = await backend.life.rollback(principal.tenant, name, { project, reason }, principal);
      if (!said.ok) return refusalResponse(said.refusal, requestId, {});
      return jsonResponse(201, life.activationDocument(said.value));
    },
  );
  routes.authorised(
    {
      method: 'post',
      path: '/v1/definitions/{name}/retirement',
      summary: 'Take no new changes any more; those that run go on',
      tag,
      role: 'deployer',
      params: named,
      body: retirementBody,
      answers: { 201: { description: 'It takes none from now on', schema: life.activation } },
    },
    async ({ params: { name }, body: { reason = null }, principal }) => {
      const said = await backend.life.retire(principal.tenant, name, reason, principal);
      return jsonResponse(201, life.activationDocument(said));
    },
  );
}
