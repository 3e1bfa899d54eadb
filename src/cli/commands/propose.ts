/** `propose`: puts a change under review, by hand. */

import { CountersignError } from '../../errors.ts';
import type { Json } from '../../persistence/records.ts';
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
  readonly attribute?: readonly string[];
}

export async function propose(io: Io, options: Options): Promise<Result> {
  const { definition, project, key, title } = options;
  const attributes = attributesOf(options.attribute ?? []);
  const paint = painter(io);
  return connected(io, options, async (api) => {
    const reply = await api.propose({
      definition,
      project,
      title,
      ...(key !== undefined && { key }),
      ...(attributes !== undefined && { attributes }),
    });
    if (!reply.ok) return refused(reply.refusal);
    const { id, state, enabled = [] } = reply.value;
    const yours = enabled.filter(({ refusal }) => refusal === null).map(({ trigger }) => trigger);
    const next = yours.length > 0 ? `\n${paint.dim(`You may next: ${yours.join(', ')}`)}` : '';
    return done(reply.value, `${id}  ${stateText(state)}  ${cell(title)}${next}`);
  });
}

/** `risk=high` is text; what reads as JSON (`lines=120`, `urgent=true`, `labels=["api"]`) is what it reads as. */
function attributesOf(pairs: readonly string[]): Record<string, Json> | undefined {
  if (pairs.length === 0) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1)
        throw new CountersignError('INVALID_INPUT', `--attribute has no name: ${pair}`, {
          hint: 'Write it as name=value.',
        });
      return [pair.slice(0, at), readValue(pair.slice(at + 1))];
    }),
  );
}

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
