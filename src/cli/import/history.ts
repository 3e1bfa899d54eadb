/** A review history as JSON lines: each line is one commit with who wrote, reviewed and checked it. */
import { z } from 'zod';
import { CountersignError, type Issue, messageOf } from '../../errors.ts';
import { type Line, linesOf } from './lines.ts';
import type { HistoryRecord, HistorySource } from './record.ts';

const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must not hold control characters or lone surrogates' });

const principals = z.array(text(200)).max(1000);
const time = z.iso.datetime({ offset: true, error: 'must be a time in ISO 8601 with offset' });

const schema = z.object({
  project: text(100),
  commit: z.string().regex(/^[\w.:-]{1,128}$/, { error: 'must be a commit hash' }),
  changeId: text(200).nullish(),
  author: text(200),
  authoredAt: time,
  submittedAt: time,
  area: text(200).nullish(),
  reviewedBy: principals.default([]),
  tryBot: principals.default([]),
  files: z.array(z.unknown()).optional(),
});

/** `project`, where given, takes the place of the one in the lines. */
export function historyFile(path: string, project?: string): HistorySource {
  return {
    count: () => countValid(path),
    records: async function* () {
      for await (const line of linesOf(path)) yield recordOf(line, path, project);
    },
  };
}

/** Reads all lines first, so that a broken one is found before anything is sent. */
async function countValid(path: string): Promise<number> {
  const seen = new Map<string, number>();
  for await (const line of linesOf(path)) {
    const { project, commit } = recordOf(line, path);
    const name = `${project} ${commit}`;
    const first = seen.get(name);
    if (first !== undefined)
      throw defect(path, line, [{ path: 'commit', message: `is that of line ${first}` }]);
    seen.set(name, line.number);
  }
  return seen.size;
}

function recordOf(line: Line, path: string, project?: string): HistoryRecord {
  const parsed = schema.safeParse(parse(line, path));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((each) => ({ path: each.path.join('.'), message: each.message }));
    throw defect(path, line, issues);
  }
  const { changeId = null, area = null, files, ...fields } = parsed.data;
  const short = fields.commit.slice(0, 12);
  return {
    ...fields,
    project: project ?? fields.project,
    changeId,
    area,
    title: area === null ? short : `${area}: ${short}`,
    files: files?.length ?? null,
  };
}

function parse(line: Line, path: string): unknown {
  try {
    return JSON.parse(line.text);
  } catch (cause) {
    throw defect(path, line, [{ path: '', message: messageOf(cause) }], 'is not JSON');
  }
}

function defect(path: string, { number }: Line, issues: readonly Issue[], what = 'is no review record') {
  return new CountersignError('INVALID_INPUT', `${path}:${number} ${what}; nothing was imported.`, {
    issues,
    hint: 'Each line is one JSON object with project, commit, author, authoredAt, submittedAt, reviewedBy, tryBot.',
  });
}
