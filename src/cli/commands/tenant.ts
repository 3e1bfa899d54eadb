/** `tenant create` and `tenant list`. */

import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { cell, painter, table } from '../text.ts';

export async function createTenant(
  io: Io,
  options: Common & { readonly title?: string },
  tenant: string,
): Promise<Result> {
  const { title = tenant } = options;
  const reply = await connected(io, options, (api) => api.createTenant({ tenant, title }));
  if (!reply.ok) return refused(reply.refusal);
  const name = cell(tenant);
  const existed = reply.status === 200;
  return done(reply.value, existed ? `The tenant ${name} exists already.` : `Created the tenant ${name}.`);
}

export async function listTenants(io: Io, options: Common): Promise<Result> {
  const page = await connected(io, options, (api) => api.tenants());
  const rows = page.items.map(({ tenant, title }) => [cell(tenant), cell(title)]);
  return done(page, table(painter(io), ['TENANT', 'TITLE'], rows));
}
