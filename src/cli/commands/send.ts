/** `send`: one event to one change, or to several. */
import { CountersignError } from '../../errors.ts';
import type { Json } from '../../persistence/records.ts';
import type { Api, EventOptions } from '../api.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { type Paint, painter } from '../text.ts';
import type { EventBody } from '../wire.ts';
import { movedText, sendSeveral } from './several.ts';

interface Options extends Common {
  readonly reason?: string;
  readonly eventData?: string;
  readonly version?: number;
  readonly key?: string;
  readonly project?: string;
  readonly for?: string;
  /** Further changes that get the same event. */
  readonly also?: readonly string[];
  readonly allOrNothing?: boolean;
}

export async function send(io: Io, options: Options, name: string, trigger: string): Promise<Result> {
  const { reason, eventData, version, key, project, for: from, also = [], allOrNothing } = options;
  const data = eventData === undefined ? undefined : parseData(eventData);
  if (version !== undefined && also.length > 0)
    throw new CountersignError(
      'INVALID_INPUT',
      '--version is that of one change; it cannot stand with --also.',
    );
  const event = {
    ...(reason !== undefined && { reason }),
    ...(data !== undefined && { data }),
    ...(from !== undefined && { for: from }),
  };
  const keyed = key === undefined ? {} : { idempotencyKey: key };
  return connected(io, options, async (api) => {
    const found = await Promise.all([name, ...also].map((each) => findChange(api, each, project)));
    const [change] = found;
    if (change && found.length === 1) {
      const only = { ...keyed, ...(version !== undefined && { version }) };
      return sendEvent(api, change.id, { trigger, ...event }, painter(io), only);
    }
    const asked = found.map((each) => ({ change: each, ask: { trigger } }));
    const together = { ...keyed, ...(allOrNothing && { allOrNothing }) };
    return sendSeveral(api, asked, event, painter(io), together);
  });
}

/** Sends, and says how the change moved or why it did not. */
export async function sendEvent(
  api: Api,
  change: string,
  event: EventBody,
  paint: Paint,
  options: EventOptions,
): Promise<Result> {
  const reply = await api.send(change, event, options);
  return reply.ok ? done(reply.value, movedText(reply.value, paint)) : refused(reply.refusal);
}

function parseData(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new CountersignError('INVALID_INPUT', `--event-data is not JSON: ${text}`, {
      cause,
      hint: 'Quote it for the shell, as in --event-data \'{"build":42}\'.',
    });
  }
}
