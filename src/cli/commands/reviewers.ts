/** `reviewers`: whom to ask for each thing a change still needs, and who may not. */
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { cell, type Paint, painter, table } from '../text.ts';
import type { Reviewers } from '../wire.ts';

interface Options extends Common {
  readonly project?: string;
  readonly limit?: number;
}

export async function reviewers(io: Io, options: Options, name: string): Promise<Result> {
  return connected(io, options, async (api) => {
    const change = await findChange(api, name, options.project);
    const found = await api.reviewers(change.id, { limit: options.limit });
    return done(found, reviewersText(found, painter(io)));
  });
}

function reviewersText({ needs }: Reviewers, paint: Paint): string {
  if (needs.length === 0) return 'Nobody is waited for.';
  return needs.map((need) => needText(need, paint)).join('\n\n');
}

function needText({ need, suggested, excluded }: Reviewers['needs'][number], paint: Paint): string {
  const rows = [
    ...suggested.map(({ principal, why }) => [
      { text: cell(principal, 40), paint: paint.green },
      cell(why, 120),
    ]),
    ...excluded.map(({ principal, why }) =>
      [cell(principal, 40), `not: ${cell(why, 120)}`].map((text) => ({ text, paint: paint.dim })),
    ),
  ];
  const heading = paint.bold(cell(need, 160));
  return rows.length === 0
    ? `${heading}\nNobody is known who could; whoever acts in the role is suggested from then on.`
    : `${heading}\n${table(paint, ['WHO', 'WHY'], rows)}`;
}
