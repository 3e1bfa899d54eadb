/** `definitions`: the workflows of the tenant, the newest version of each. */

import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, painter, table } from '../text.ts';

export async function definitions(io: Io, options: Common): Promise<Result> {
  const page = await connected(io, options, (api) => api.definitions());
  if (page.items.length === 0)
    return done(page, 'No workflow is deployed. "countersign deploy FILE" deploys one.');
  const rows = page.items.map((each) => [
    each.name,
    String(each.version),
    each.digest.slice(0, 12),
    each.deployed_at ? timeText(each.deployed_at) : '',
    cell(each.deployed_by ?? '', 30),
  ]);
  return done(page, table(painter(io), ['WORKFLOW', 'VERSION', 'DIGEST', 'DEPLOYED (UTC)', 'BY'], rows));
}
