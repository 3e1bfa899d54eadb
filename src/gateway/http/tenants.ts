/** Tenants, for operators. The token's own tenant need not exist: somebody has to create the first one. */
import { z } from '@hono/zod-openapi';
import { invariant } from '../../errors.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { tenantDocument } from './wire.ts';

const tag = 'tenants';
const role = 'operator';

export const tenantBody = z
  .strictObject({ tenant: field.tenantName, title: field.title.optional() })
  .openapi('NewTenant');

export function addTenantRoutes(routes: Routes, { backend: { store } }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/tenants',
      summary: 'Create a tenant',
      tag,
      role,
      body: tenantBody,
      answers: {
        200: { description: 'It existed already, and stays as it is', schema: schema.tenant },
        201: { description: 'Created', schema: schema.tenant },
      },
    },
    async ({ body: { tenant, title = tenant } }) => {
      const record = { tenant, title, createdAt: Date.now() };
      if (await store.createTenant(record)) return jsonResponse(201, tenantDocument(record));
      const existing = (await store.tenants()).find((other) => other.tenant === tenant);
      invariant(existing, `the tenant ${tenant} that could not be created exists`);
      return jsonResponse(200, tenantDocument(existing));
    },
    'token',
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/tenants',
      summary: 'All tenants',
      tag,
      role,
      query: z.strictObject({}),
      answers: { 200: { description: 'All of them', schema: schema.page(schema.tenant) } },
    },
    async () => {
      const items = (await store.tenants()).map(tenantDocument);
      return jsonResponse(200, { items, next_cursor: null });
    },
    'token',
  );
}
