/** `deploy`: checks a definition here and makes it the tenant's newest version of that workflow. */
import { resolve } from 'node:path';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import { findingText, requireSound } from '../definition-file.ts';
import { grammarOf } from '../grammar.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { painter } from '../text.ts';

export async function deploy(
  io: Io,
  options: Common & { readonly reason?: string },
  file: string,
): Promise<Result> {
  const { definition, warnings } = await requireSound(resolve(io.cwd, file), file);
  const reply = await connected(io, options, (api) => api.deploy(grammarOf(definition), options.reason));
  if (!reply.ok) return refused(reply.refusal);
  const { name, version, digest, created } = reply.value;
  const paint = painter(io);
  const what = created
    ? `Deployed ${name} v${version}.`
    : `${name} v${version} is this definition already; nothing changed.`;
  const notice = warnings
    .map((each) => findingText({ ...each, where: { ...each.where, file } }, paint))
    .join('\n');
  return {
    ...done(reply.value, `${what}  ${paint.dim(`digest ${digest.slice(0, 12)}`)}`),
    ...(notice && { notice }),
  };
}
