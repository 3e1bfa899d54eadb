/**
 * What revisions hold: recorded once by who records the repository, then served file by file. It is no part of a change's
 * life: nothing that is decided waits for it, and a revision without content is a revision.
 */

import { createHash } from 'node:crypto';
import { CountersignError } from '../../errors.ts';
import type { Revision } from '../../machines/context.ts';
import type {
  ChangeRef,
  ContentRecord,
  RevisionFile,
  RevisionRef,
  StoredFile,
} from '../../persistence/records.ts';
import type { Principal } from '../commands.ts';
import { noSuchChange } from '../missing.ts';
import type { Clock, Store } from '../ports.ts';
import { type ComparedFile, compare } from './compare.ts';
import { MAX_DIFF_BYTES, MAX_FILES } from './limits.ts';
import { type LinesPage, linesOf, type Wanted } from './lines.ts';
import { packed, unpacked } from './packing.ts';
import { type ParsedDiff, type ParsedFile, parseDiff } from './parse-diff.ts';
import { revisionsOf, type ToldRevision } from './revisions.ts';

export interface RevisionView extends ToldRevision {
  /** Null as long as nobody has sent it. */
  readonly content: ContentRecord | null;
}

export interface FileLines extends LinesPage {
  readonly stored: StoredFile;
}

/** Every function throws NOT_FOUND where the change, the revision, its content or the file does not exist. */
export interface Contents {
  /**
   * Stores the diff of a revision. Throws INVALID_INPUT naming the line that cannot be read, BODY_TOO_LARGE beyond the
   * limits, and CONTENT_DIFFERS where the revision has other content; the same content again changes nothing.
   */
  record(ref: RevisionRef, diff: Buffer, by: Principal): Promise<ContentRecord>;
  /** All of a change, oldest first. */
  revisions(ref: ChangeRef): Promise<readonly RevisionView[]>;
  files(ref: RevisionRef, page: { after: number; limit: number }): Promise<readonly RevisionFile[]>;
  lines(ref: RevisionRef, place: number, wanted: Wanted): Promise<FileLines>;
  /** Every file of either revision, by path. */
  compare(ref: RevisionRef, other: number): Promise<readonly ComparedFile[]>;
}

type ContentStore = Pick<
  Store,
  'load' | 'change' | 'log' | 'saveContent' | 'contents' | 'revisionFiles' | 'revisionFile'
>;

export function contentsFrom(store: ContentStore, clock: Pick<Clock, 'now'>): Contents {
  const all = (ref: RevisionRef) => store.revisionFiles(ref, { after: 0, limit: MAX_FILES });
  return {
    record: (ref, diff, by) => record(store, clock, ref, diff, by),
    async revisions(ref) {
      if ((await store.change(ref)) === undefined) throw noSuchChange(ref.change);
      const [told, contents] = await Promise.all([revisionsOf(store, ref), store.contents(ref)]);
      const of = new Map(contents.map((content) => [content.revision, content]));
      return told.map((revision) => ({ ...revision, content: of.get(revision.number) ?? null }));
    },
    async files(ref, page) {
      await requireContent(store, ref, [ref.revision]);
      return store.revisionFiles(ref, page);
    },
    async lines(ref, place, wanted) {
      const stored = await store.revisionFile(ref, place);
      if (stored) return { stored, ...linesOf(await unpacked(stored), wanted) };
      await requireContent(store, ref, [ref.revision]);
      throw new CountersignError('NOT_FOUND', `Revision ${ref.revision} has no file at place ${place}.`);
    },
    async compare(ref, other) {
      await requireContent(store, ref, [ref.revision, other]);
      const [before, after] = await Promise.all([all(ref), all({ ...ref, revision: other })]);
      return compare(before, after);
    },
  };
}

async function record(
  store: ContentStore,
  clock: Pick<Clock, 'now'>,
  ref: RevisionRef,
  diff: Buffer,
  by: Principal,
): Promise<ContentRecord> {
  const { commit, base } = await requireRevision(store, ref);
  const digest = createHash('sha256').update(diff).digest('hex');
  const known = (await store.contents(ref)).find(({ revision }) => revision === ref.revision);
  if (known) return sameOrThrow(known, digest);
  const files = filesOrThrow(diff);
  const content = {
    tenant: ref.tenant,
    change: ref.change,
    revision: ref.revision,
    digest,
    bytes: diff.length,
    files: files.length,
    added: sum(files, 'added'),
    removed: sum(files, 'removed'),
    recordedBy: by.id,
    recordedAt: clock.now(),
    ...(commit !== undefined && { commit }),
    ...(base !== undefined && { base }),
  };
  return sameOrThrow(await store.saveContent(content, await packed(diff, files)), digest);
}

function sum(files: readonly ParsedFile[], side: 'added' | 'removed'): number {
  return files.reduce((total, file) => total + file[side], 0);
}

function sameOrThrow(stands: ContentRecord, digest: string): ContentRecord {
  if (stands.digest === digest) return stands;
  const message = `Revision ${stands.revision} of the change ${stands.change} has other content, recorded by "${stands.recordedBy}".`;
  throw new CountersignError('CONTENT_DIFFERS', message);
}

function filesOrThrow(diff: Buffer): readonly ParsedFile[] {
  if (diff.length > MAX_DIFF_BYTES) throw tooLarge(`The diff has ${diff.length} bytes.`);
  const parsed = parseDiff(diff);
  if (parsed.ok) return parsed.files;
  throw parsed.tooMany ? tooLarge(`In line ${parsed.line}, ${parsed.message}.`) : unreadable(parsed);
}

/** The answer to a diff beyond the limits; nothing of it is stored. */
export function tooLarge(message: string): CountersignError {
  const hint = `A revision's diff holds up to ${MAX_DIFF_BYTES} bytes and ${MAX_FILES} files; leave generated files out, and binary content ("git diff" without "--binary").`;
  return new CountersignError('BODY_TOO_LARGE', message, { hint });
}

function unreadable({ line, message }: ParsedDiff & { ok: false }): CountersignError {
  const issues = [{ path: `diff:${line}`, message }];
  return new CountersignError('INVALID_INPUT', `The diff cannot be read: in line ${line}, ${message}.`, {
    issues,
  });
}

/** Which commit the revision is, and what that is based on, as far as somebody said so. */
async function requireRevision(
  store: ContentStore,
  ref: RevisionRef,
): Promise<Pick<Revision, 'commit' | 'base'>> {
  const [stored] = await store.load([{ tenant: ref.tenant, change: ref.change }]);
  if (!stored) throw noSuchChange(ref.change);
  const { context } = stored.snapshot as { context?: { revision?: Partial<Revision> } };
  const { number = 0, ...newest } = context?.revision ?? {};
  if (ref.revision < 1 || ref.revision > number) throw noRevision(ref);
  if (ref.revision === number) return newest;
  const { commit, base } = (await revisionsOf(store, ref))[ref.revision - 1] ?? {};
  return { ...(commit != null && { commit }), ...(base != null && { base }) };
}

async function requireContent(
  store: ContentStore,
  ref: RevisionRef,
  revisions: readonly number[],
): Promise<void> {
  const contents = await store.contents(ref);
  for (const revision of revisions) {
    if (contents.some((content) => content.revision === revision)) continue;
    await requireRevision(store, { ...ref, revision });
    const message = `Nobody has sent the content of revision ${revision} of the change ${ref.change}.`;
    const hint = `Who records the repository sends it with PUT /v1/changes/${ref.change}/revisions/${revision}/diff.`;
    throw new CountersignError('NOT_FOUND', message, { hint });
  }
}

function noRevision({ change, revision }: RevisionRef): CountersignError {
  return new CountersignError('NOT_FOUND', `The change ${change} has no revision ${revision}.`);
}
