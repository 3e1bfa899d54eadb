/** `staffing`: whether the tenant's people can finish a workflow, who is irreplaceable, and how many may be away. */
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import type { Result } from '../result.ts';
import { clean, type Paint, painter } from '../text.ts';
import type { Staffing } from '../wire.ts';

interface Options extends Common {
  readonly project?: string;
  readonly away?: readonly string[];
  readonly resilience?: number;
}

/** Exit 1 where somebody's changes cannot be finished. */
export async function staffing(io: Io, options: Options, name: string): Promise<Result> {
  const { project, away, resilience: k } = options;
  const found = await connected(io, options, (api) =>
    api.staffing(name, { project, away: away?.join(','), k }),
  );
  return { documents: [found], text: textOf(found, painter(io)), exit: found.staffed ? 0 : 1 };
}

function textOf(found: Staffing, paint: Paint): string {
  const { name, version, project, staffed, authors, findings, unknown, decided } = found;
  const where = project === null ? '' : ` in ${project}`;
  const heading = `${clean(name)} v${version}${clean(where)}`;
  const verdict = staffed
    ? paint.green('can be finished, whoever writes the change')
    : paint.red(`cannot be finished for ${authors.all - authors.served} of ${authors.all} possible authors`);
  return [
    `${paint.bold(heading)} ${verdict}.`,
    ...findings.map(({ code, message }) => `${paint.yellow(code)} ${clean(message)}`),
    resilienceText(found),
    ...(unknown.length > 0
      ? [`The directory does not know ${clean(unknown.join(', '))}: nothing changes without them.`]
      : []),
    ...(decided ? [] : ['There was too much to look at: this is what is known, not all there is.']),
  ].join('\n');
}

function resilienceText({ resilience: { holds, asked, broken } }: Staffing): string {
  if (holds === null) return 'Nobody has to be away for that.';
  const most = `It still holds with any ${holds === 1 ? 'one person' : `${holds} people`} away`;
  if (!broken) return asked === 0 ? 'How many may be away was not asked.' : `${most}.`;
  return `${holds === 0 ? 'It does not hold with one person away' : `${most}, not with ${holds + 1}`}: ${clean(broken.message)}`;
}
