/** `owners set` and `owners show`: who owns the files of a project. */
import { resolve } from 'node:path';
import type { OwnersFormat } from '../../persistence/records.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { ownersFiles } from '../owners-files.ts';
import { done, type Result, refused } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, clean, count, painter } from '../text.ts';

interface SetOptions extends Common {
  readonly format: OwnersFormat;
  readonly reason?: string;
}

export async function setOwners(io: Io, options: SetOptions, project: string, path: string): Promise<Result> {
  const { format, reason } = options;
  const files = await ownersFiles(resolve(io.cwd, path), format);
  const body = { format, files, ...(reason !== undefined && { reason }) };
  const reply = await connected(io, options, (api) => api.setOwners(project, body));
  if (!reply.ok) return refused(reply.refusal);
  const read = count(Object.keys(files).length, 'file');
  return done(reply.value, `The owners of ${cell(project)} are those of ${read} now (${format}).`);
}

export async function showOwners(io: Io, options: Common, project: string): Promise<Result> {
  const owners = await connected(io, options, (api) => api.owners(project));
  const paint = painter(io);
  const why = owners.reason === null ? '' : `: ${owners.reason}`;
  const heading = `${owners.format}, set by ${owners.set_by} at ${timeText(owners.set_at)}${why}`;
  const texts = Object.entries(owners.files).flatMap(([file, text]) => [
    '',
    paint.bold(cell(file, 400)),
    clean(text.replaceAll('\t', '  ').replaceAll('\r', '').trimEnd()),
  ]);
  return done(owners, [cell(heading, 400), ...texts].join('\n'));
}
