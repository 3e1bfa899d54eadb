/** The diff of a commit as the server takes it: compressed, with binary content where there is room for it. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { MAX_DIFF_BYTES } from '../../actors/contents/limits.ts';
import { MAX_BODY_BYTES } from '../../gateway/transport.ts';
import { diffOf } from '../../vcs/git/content.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import type { Revision } from '../../vcs/git/revisions.ts';

/** What stands around the text in the request. */
const AROUND = 100;
const zip = promisify(gzip);

/** Undefined where it is larger than the server takes; nothing that is decided waits for it. */
export async function diffBody(repository: Repository, revision: Revision): Promise<string | undefined> {
  for (const binary of [true, false]) {
    const diff = await diffOf(repository, revision, { binary, limit: MAX_DIFF_BYTES });
    const body = diff && (await zip(diff)).toString('base64');
    if (body !== undefined && body.length <= MAX_BODY_BYTES - AROUND) return body;
  }
  return undefined;
}
