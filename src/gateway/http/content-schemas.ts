/** The documents that say what revisions hold; `content-documents.ts` makes them. */
import { z } from '@hono/zod-openapi';
import * as field from './fields.ts';

export const content = z
  .strictObject({
    revision: z.int(),
    digest: z.string().openapi({ description: 'SHA-256 of the diff' }),
    bytes: z.int(),
    files: z.int(),
    added: z.int().openapi({ description: 'Lines' }),
    removed: z.int(),
    recorded_by: z.string(),
    recorded_at: field.time,
  })
  .openapi('RevisionContent');
export type ContentDocument = z.infer<typeof content>;

export const toldRevision = z
  .strictObject({
    number: z.int(),
    commit: z.string().nullable(),
    base: z.string().nullable().openapi({ description: 'The commit it is based on, where that is known' }),
    author: z.string(),
    uploader: z.string(),
    at: field.time,
    lines: z.int().nullable().openapi({ description: 'Added and removed, as was said of it' }),
    content: content.nullable().openapi({ description: 'Null as long as nobody has sent it' }),
  })
  .openapi('ToldRevision');
export type ToldRevisionDocument = z.infer<typeof toldRevision>;

const revisionFileFields = {
  place: z.int().openapi({ description: '1, 2, 3 … in the diff' }),
  path: z.string().openapi({ description: 'Bytes that are no text are written %XX' }),
  old_path: z.string().nullable(),
  kind: z.enum(['added', 'deleted', 'modified', 'renamed', 'copied']),
  is_binary: z.boolean(),
  added: z.int(),
  removed: z.int(),
  digest: z.string().openapi({ description: 'The same where the same is done, wherever in the file' }),
};
export const revisionFile = z.strictObject(revisionFileFields).openapi('RevisionFile');
export type RevisionFileDocument = z.infer<typeof revisionFile>;

const diffLine = z
  .strictObject({
    kind: z.enum(['hunk', 'context', 'added', 'removed']),
    old: z.int().nullable().openapi({ description: 'Its number in the file before' }),
    new: z.int().nullable().openapi({ description: 'Its number in the file behind' }),
    text: z.string(),
    is_cut: z.literal(true).optional().openapi({ description: 'The line is longer than this' }),
    no_newline: z
      .literal(true)
      .optional()
      .openapi({ description: 'The file ends here, without a line feed' }),
  })
  .openapi('DiffLine');
export type DiffLineDocument = z.infer<typeof diffLine>;

export const fileLines = z
  .strictObject({
    ...revisionFileFields,
    old_mode: z.string().nullable(),
    mode: z.string().nullable().openapi({ example: '100644' }),
    lines: z.array(diffLine),
    next_line: z.int().nullable().openapi({ description: 'The "line" of the next page; null on the last' }),
  })
  .openapi('FileLines');
export type FileLinesDocument = z.infer<typeof fileLines>;

export const comparedFile = z
  .strictObject({
    path: z.string(),
    status: z.enum(['same', 'changed', 'added', 'gone']),
    before: z.int().nullable().openapi({ description: 'Its place in either diff' }),
    after: z.int().nullable(),
  })
  .openapi('ComparedFile');
export type ComparedFileDocument = z.infer<typeof comparedFile>;
