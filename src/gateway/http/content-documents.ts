/** What revisions hold, as documents: what `content-schemas.ts` describes. */
import type { ComparedFile } from '../../actors/contents/compare.ts';
import type { FileLines, RevisionView } from '../../actors/contents/contents.ts';
import type { DiffLine } from '../../actors/contents/lines.ts';
import type { ContentRecord, RevisionFile } from '../../persistence/records.ts';
import type {
  ComparedFileDocument,
  ContentDocument,
  DiffLineDocument,
  FileLinesDocument,
  RevisionFileDocument,
  ToldRevisionDocument,
} from './content-schemas.ts';
import { isoTime } from './iso-time.ts';

export function contentDocument(content: ContentRecord): ContentDocument {
  return {
    revision: content.revision,
    digest: content.digest,
    bytes: content.bytes,
    files: content.files,
    added: content.added,
    removed: content.removed,
    recorded_by: content.recordedBy,
    recorded_at: isoTime(content.recordedAt),
  };
}

export function revisionDocument({ at, content, ...told }: RevisionView): ToldRevisionDocument {
  return { ...told, at: isoTime(at), content: content && contentDocument(content) };
}

export function fileDocument(file: RevisionFile): RevisionFileDocument {
  return {
    place: file.place,
    path: file.path,
    old_path: file.oldPath,
    kind: file.kind,
    is_binary: file.isBinary,
    added: file.added,
    removed: file.removed,
    digest: file.digest,
  };
}

export function linesDocument({ stored, file, lines, next }: FileLines): FileLinesDocument {
  return {
    ...fileDocument(stored),
    old_mode: file.oldMode,
    mode: file.mode,
    lines: lines.map(lineDocument),
    next_line: next,
  };
}

function lineDocument({ kind, old, new: behind, text, isCut, endsFile }: DiffLine): DiffLineDocument {
  return {
    kind,
    old,
    new: behind,
    text,
    ...(isCut && { is_cut: true }),
    ...(endsFile && { no_newline: true }),
  };
}

export function comparedDocument({ path, status, before, after }: ComparedFile): ComparedFileDocument {
  return { path, status, before, after };
}
