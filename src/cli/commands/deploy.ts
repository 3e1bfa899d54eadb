/** `deploy`: checks a definition here and makes it the tenant's newest version of that workflow. */
import { resolve } from 'node:path';
import { loadFile } from '../../machines/load-file.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import { findingText, requireSound } from '../definition-file.ts';
import { grammarOf } from '../grammar.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { clean, painter } from '../text.ts';

export async function deploy(
  io: Io,
  options: Common & { readonly reason?: string; readonly strictStaffing?: boolean; readonly force?: boolean },
  file: string,
): Promise<Result> {
  const { definition, warnings } = options.force
    ? await whatever(resolve(io.cwd, file), file)
    : await requireSound(resolve(io.cwd, file), file);
  const how = {
    ...(options.strictStaffing && { strict_staffing: true as const }),
    ...(options.force && { force: true as const }),
  };
  const reply = await connected(io, options, (api) => api.deploy(grammarOf(definition), options.reason, how));
  if (!reply.ok) return refused(reply.refusal);
  const { name, version, digest, created, review } = reply.value;
  const paint = painter(io);
  const what = created
    ? `Deployed ${name} v${version}${review ? `, to be approved first: ${review.change}` : ''}.`
    : `${name} v${version} is this definition already; nothing changed.`;
  // What the server alone knows: who is there to do it.
  const people = reply.value.warnings.filter(({ message }) => /^(UNSTAFFED|IRREPLACEABLE): /.test(message));
  const notice = [
    ...warnings.map((each) => findingText({ ...each, where: { ...each.where, file } }, paint)),
    ...people.map(({ message }) => paint.yellow(clean(message))),
  ].join('\n');
  return {
    ...done(reply.value, `${what}  ${paint.dim(`digest ${digest.slice(0, 12)}`)}`),
    ...(notice && { notice }),
  };
}

/** One with errors is for the server to judge, as long as it can be read at all. */
async function whatever(path: string, named: string): ReturnType<typeof requireSound> {
  const { definition, findings } = await loadFile(path);
  return definition ? { definition, warnings: findings } : requireSound(path, named);
}
