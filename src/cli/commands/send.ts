/** `send`: one event to one change. */
import { CountersignError } from '../../errors.ts';
import type { Json } from '../../persistence/records.ts';
import type { Api, EventOptions } from '../api.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { moveText } from '../state-text.ts';
import { type Paint, painter } from '../text.ts';
import type { EventBody, Transition } from '../wire.ts';

interface Options extends Common {
  readonly reason?: string;
  readonly eventData?: string;
  readonly version?: number;
  readonly key?: string;
  readonly project?: string;
  readonly for?: string;
}

export async function send(io: Io, options: Options, name: string, trigger: string): Promise<Result> {
  const { reason, eventData, version, key, project, for: from } = options;
  const data = eventData === undefined ? undefined : parseData(eventData);
  return connected(io, options, async (api) => {
    const change = await findChange(api, name, project);
    const event = {
      trigger,
      ...(reason !== undefined && { reason }),
      ...(data !== undefined && { data }),
      ...(from !== undefined && { for: from }),
    };
    return sendEvent(api, change.id, event, painter(io), {
      ...(key !== undefined && { idempotencyKey: key }),
      ...(version !== undefined && { version }),
    });
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

function movedText({ event, kind, from, to, outcome, version, seq }: Transition, paint: Paint): string {
  const place = paint.dim(`version ${version}, seq ${seq}`);
  if (kind === 'late') return `${event}: noted as late, nothing changed  ${place}`;
  const moved = moveText(from, to);
  return `${event}: ${outcome ? paint.green(moved) : moved}  ${place}`;
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
