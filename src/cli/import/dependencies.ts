/**
 * What a change builds on, told to the server as dependencies. Only changes that it knows are named: of the others nobody can
 * say here whether they have long been applied, and an unknown one would hold the change back for ever.
 */
import { createHash } from 'node:crypto';
import type { Api } from '../api.ts';
import { actingAs } from '../recording/people.ts';
import type { Change } from '../wire.ts';
import type { HistoryRecord } from './record.ts';
import type { Tally } from './tally.ts';

/** As many as a change may name. */
const MOST = 1_000;
/** Questions on their way at a time. */
const AT_ONCE = 20;

/** Does nothing where the history does not say what changes build on; says it anew when more of them are known. */
export async function sendDependencies(
  api: Api,
  { id, author }: Pick<Change, 'id' | 'author'>,
  { project, dependsOn = [] }: HistoryRecord,
  tally: Tally,
): Promise<void> {
  const known = await knownAmong(api, project, dependsOn.slice(0, MOST));
  if (dependsOn.length > known.length)
    tally.skipped('dependency on a change that is not here', dependsOn.length - known.length);
  if (known.length === 0) return;
  const dependencies = known.map((on) => ({ on, kind: 'textual', rule: 'hunks-refer-to' }));
  const body = { trigger: 'change.depend', data: { dependencies }, as: actingAs(author) };
  const digest = createHash('sha256')
    .update(JSON.stringify([id, known]))
    .digest('base64url');
  const reply = await api.send(id, body, { idempotencyKey: `import:depend:${digest}` });
  if (reply.ok) tally.depended();
  else tally.refused(reply.refusal);
}

async function knownAmong(api: Api, project: string, keys: readonly string[]): Promise<string[]> {
  const known: string[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const asked = keys.slice(at, at + AT_ONCE);
    const pages = await Promise.all(asked.map((key) => api.changes({ project, key, limit: 1 })));
    known.push(...asked.filter((_, index) => (pages[index]?.items.length ?? 0) > 0));
  }
  return known;
}
