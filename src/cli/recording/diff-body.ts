/** The diff of a commit as the server takes it: compressed, with binary content where there is room for it. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { MAX_DIFF_BYTES } from '../../actors/contents/limits.ts';
import { MAX_BODY_BYTES } from '../../gateway/transport.ts';
import { type Compared, diffOf } from '../../vcs/git/content.ts';
import type { Repository } from '../../vcs/git/repository.ts';

/** What stands around the text in the request. */
const AROUND = 100;
const zip = promisify(gzip);

/** Undefined where it is larger than the server takes; nothing that is decided waits for it. */
export async function diffBodyOf(repository: Repository, compared: Compared): Promise<string | undefined> {
  for (const binary of [true, false]) {
    const diff = await diffOf(repository, compared, { binary, limit: MAX_DIFF_BYTES });
    const body = diff && (await zipped(diff));
    if (body !== undefined) return body;
  }
  return undefined;
}

/** The same of a diff that is there; undefined where it is too large. */
export async function zipped(diff: Buffer): Promise<string | undefined> {
  if (diff.length > MAX_DIFF_BYTES) return undefined;
  const body = (await zip(diff)).toString('base64');
  return body.length <= MAX_BODY_BYTES - AROUND ? body : undefined;
}
