/** Short ways to what an import makes of a file. */
import { expect } from 'vitest';
import type { HistoryRecord } from '../../src/cli/import/record.ts';
import { sourceOf } from '../../src/cli/import/source.ts';
import { cli, fake, only } from './rig.ts';

/** What a file holds, as records, and what was left out, by reason. */
export async function read(path: string, project?: string) {
  const skipped: Record<string, number> = {};
  const source = await sourceOf(path, { ...(project && { project }) });
  const records: HistoryRecord[] = [];
  for await (const each of source.records((reason, times = 1) => {
    skipped[reason] = (skipped[reason] ?? 0) + times;
  }))
    records.push(each);
  expect(await source.count()).toBe(records.length);
  return { records, skipped };
}

/** The same file, imported into a server. */
export async function imported(path: string) {
  const { server, at } = await fake();
  const summary = only(await cli(['import', path, '--json'], at));
  return { summary, server, at };
}
