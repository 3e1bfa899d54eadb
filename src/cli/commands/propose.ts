/** `propose` (or `record`): puts a change under review, by hand. */

import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { stateText } from '../state-text.ts';
import { cell, painter } from '../text.ts';

interface Options extends Common {
  readonly definition: string;
  readonly project: string;
  readonly key?: string;
  readonly title: string;
}

export async function propose(io: Io, options: Options): Promise<Result> {
  const { definition, project, key, title } = options;
  const paint = painter(io);
  return connected(io, options, async (api) => {
    const reply = await api.propose({ definition, project, title, ...(key !== undefined && { key }) });
    if (!reply.ok) return refused(reply.refusal);
    const { id, state, enabled = [] } = reply.value;
    const yours = enabled.filter(({ refusal }) => refusal === null).map(({ trigger }) => trigger);
    const next = yours.length > 0 ? `\n${paint.dim(`You may next: ${yours.join(', ')}`)}` : '';
    return done(reply.value, `${id}  ${stateText(state)}  ${cell(title)}${next}`);
  });
}
