/** Lines as the API tells them, as the hunks that the diff viewer draws. */
import type { ChangeData, HunkData } from 'react-diff-view';
import type { DiffLineDocument } from '../../data/documents.ts';

const HEAD = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

export function hunksOf(lines: readonly DiffLineDocument[]): HunkData[] {
  const hunks: HunkData[] = [];
  for (const line of lines) {
    if (line.kind === 'hunk') {
      const [, oldStart = '0', oldLines = '1', newStart = '0', newLines = '1'] = HEAD.exec(line.text) ?? [];
      hunks.push({
        content: line.text,
        oldStart: Number(oldStart),
        oldLines: Number(oldLines),
        newStart: Number(newStart),
        newLines: Number(newLines),
        changes: [],
      });
      continue;
    }
    const change = changeOf(line);
    if (change !== null) hunks.at(-1)?.changes.push(change);
  }
  return hunks;
}

function changeOf({ kind, old, new: behind, text }: DiffLineDocument): ChangeData | null {
  if (kind === 'added' && behind !== null)
    return { type: 'insert', isInsert: true, content: text, lineNumber: behind };
  if (kind === 'removed' && old !== null)
    return { type: 'delete', isDelete: true, content: text, lineNumber: old };
  if (old === null || behind === null) return null;
  return { type: 'normal', isNormal: true, content: text, oldLineNumber: old, newLineNumber: behind };
}

/** The line a comment names: behind the change, or before it where the line goes. */
export function lineOf(change: ChangeData): number {
  return change.type === 'normal' ? change.newLineNumber : change.lineNumber;
}
