/** A file that a code host exported, as a review history: each of its objects is a change, read by the host's reader. */
import { z } from 'zod';
import { type JsonObject, objectsOf } from './objects.ts';
import type { HistoryRecord, HistorySource, Skip } from './record.ts';

/** Undefined, and skipped, for what is no change or cannot be read. `project` takes the place of the one it names. */
export type ReadChange = (
  value: JsonObject,
  project: string | undefined,
  skip: Skip,
) => HistoryRecord | undefined;

export function exportedFile(path: string, read: ReadChange, project?: string): HistorySource {
  return {
    async count() {
      let count = 0;
      for await (const _ of recordsIn(path, read, project, () => {})) count += 1;
      return count;
    },
    records: (skip = () => {}) => recordsIn(path, read, project, skip),
  };
}

async function* recordsIn(
  path: string,
  read: ReadChange,
  project: string | undefined,
  skip: Skip,
): AsyncGenerator<HistoryRecord> {
  const seen = new Set<string>();
  for await (const { value } of objectsOf(path)) {
    const record = read(value, project, skip);
    if (!record) continue;
    const name = `${record.project} ${record.commit}`;
    // Pages that were asked for one after the other overlap when something changes in between.
    if (seen.has(name)) skip('change that comes twice');
    else yield record;
    seen.add(name);
  }
}

/** The value where it fits, else undefined, and skipped by the field that does not. */
export function fitting<T>(schema: z.ZodType<T>, value: JsonObject, skip: Skip): T | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  skip(`change that cannot be read: ${String(parsed.error.issues[0]?.path[0] ?? 'its shape')}`);
  return undefined;
}

/** A list that an export may leave out. */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);
}
