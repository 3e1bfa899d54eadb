/** Definitions: deploy a new version, look at those that stand. */
import { z } from '@hono/zod-openapi';
import { CountersignError } from '../../errors.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { definitionDocument, definitionSummary } from './wire.ts';

const tag = 'definitions';

export const deploymentBody = z
  .strictObject({
    definition: field.jsonObject.openapi({ description: 'The JSON spelling of the grammar' }),
    reason: field.reason.optional(),
    force: z
      .boolean()
      .optional()
      .openapi({ description: 'Deploy it in spite of errors; for administrators' }),
    strict_staffing: z
      .boolean()
      .optional()
      .openapi({ description: 'Refuse it where the people of the directory cannot finish it' }),
  })
  .openapi('Deployment');

const newestVersion = z.strictObject({ version: field.queryInteger(1, 2 ** 31 - 1).optional() });

export function addDefinitionRoutes(routes: Routes, services: Services): void {
  const { store } = services.backend;
  addDeployment(routes, services);
  routes.authorised(
    {
      method: 'get',
      path: '/v1/definitions',
      summary: 'The newest version of each definition, by name',
      tag,
      query: z.strictObject({}),
      answers: { 200: { description: 'All of them', schema: schema.page(schema.definitionSummary) } },
    },
    async ({ principal }) => {
      const stored = await store.definitions(principal.tenant);
      return jsonResponse(200, { items: stored.map(definitionSummary), next_cursor: null });
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/definitions/{name}',
      summary: 'One definition: the newest version, or the one asked for',
      tag,
      params: z.object({ name: field.name }),
      query: newestVersion,
      answers: { 200: { description: 'The definition', schema: schema.definition } },
    },
    async ({ params: { name }, query: { version }, principal }) => {
      const stored = await store.definition(principal.tenant, name, version);
      if (stored === undefined) {
        const which = version === undefined ? '' : ` version ${version} of`;
        throw new CountersignError('NOT_FOUND', `There is no${which} definition "${name}" in this tenant.`);
      }
      return jsonResponse(200, definitionDocument(stored), { etag: `"${stored.version}"` });
    },
  );
}

function addDeployment(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/definitions',
      summary: 'Deploy a definition',
      tag,
      role: 'deployer',
      body: deploymentBody,
      answers: {
        200: { description: 'The newest version was the same already', schema: schema.deployed },
        201: { description: 'A new version stands', schema: schema.deployed },
      },
    },
    async ({ body, principal }) => {
      const deployed = await backend.deploy(
        principal.tenant,
        body.definition,
        principal,
        body.reason ?? null,
        {
          ...(body.strict_staffing === true && { strictStaffing: true }),
          ...(body.force === true && { force: true }),
        },
      );
      return jsonResponse(deployed.created ? 201 : 200, deployed, {
        location: `/v1/definitions/${encodeURIComponent(deployed.name)}?version=${deployed.version}`,
      });
    },
  );
}
