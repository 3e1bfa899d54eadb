/**
 * The WebSocket protocol as an AsyncAPI 3.0 document, made from the schemas that server and client share: what it says is
 * what is checked. Each command is an operation the server receives, with its reply; each push is one it sends. The inspector's feed
 * is a second channel, on which the server only sends.
 */
import { z } from 'zod';
import { commandSchema, errorSchema, frameId, pushSchema, replyBodies } from '../../client/frames.ts';
import { STREAM_PATH, SUBPROTOCOL } from '../../client/names.ts';
import { inspectSchema } from '../inspect/frames.ts';
import { INSPECT_SUBPROTOCOL } from '../inspect/handshake.ts';
import { INSPECT_PATH, targetSchema } from '../inspect/target.ts';

const CHANNEL = '#/channels/stream';

/** An AsyncAPI 3.0 document, as plain data. */
export function asyncApiDocument() {
  const commands = commandSchema.options.map((schema) => ({ name: schema.shape.type.value, schema }));
  const pushes = pushSchema.options.map((schema) => ({ name: schema.shape.type.value, schema }));
  const replies = commands.map(({ name }) => ({ name: replyTo(name), schema: replySchema(name) }));
  const messages = [
    ...commands.map(({ name, schema }) => [name, messageOf(`Command "${name}"`, schema)] as const),
    ...replies.map(({ name, schema }) => [name, messageOf(`The answer to a command`, schema)] as const),
    ['error', messageOf('A command that could not be done', errorSchema)] as const,
    ...pushes.map(({ name, schema }) => [pushed(name), messageOf(`Push "${name}"`, schema)] as const),
  ];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Countersign, live',
      version: '1',
      description:
        'Every frame is one JSON object in a text message; docs/protocol.md and docs/inspector.md say what they mean.',
    },
    defaultContentType: 'application/json',
    channels: {
      stream: {
        address: STREAM_PATH,
        title: `WebSocket with the subprotocol "${SUBPROTOCOL}"`,
        bindings: { ws: { method: 'GET' } },
        messages: Object.fromEntries(messages),
      },
      inspect: inspectChannel(),
    },
    operations: Object.fromEntries([
      ...commands.map(({ name }) => [name, receives(name)]),
      ...pushes.map(({ name }) => [pushed(name), sends(CHANNEL, pushed(name))]),
      ...inspected.map(({ name }) => [name, sends(INSPECT_CHANNEL, name)]),
    ]),
  };
}

const INSPECT_CHANNEL = '#/channels/inspect';
/** `@xstate.actor` is the message `inspectActor`. */
const inspected = inspectSchema.options.map((schema) => {
  const type = schema.shape.type.value;
  return { name: `inspect${capital(type.slice('@xstate.'.length))}`, type, schema };
});

function inspectChannel() {
  const messages = inspected.map(({ name, type, schema }) => [name, messageOf(`Frame "${type}"`, schema)]);
  return {
    address: INSPECT_PATH,
    title: `What happens to changes, in the frames of @statelyai/inspect; subprotocol "${INSPECT_SUBPROTOCOL}" or none`,
    bindings: { ws: { method: 'GET', query: payloadOf(targetSchema) } },
    messages: Object.fromEntries(messages),
  };
}

type CommandName = keyof typeof replyBodies;

function replySchema(name: CommandName): z.ZodType {
  return z.object({ id: frameId, type: z.literal('reply'), ...replyBodies[name].shape });
}

function replyTo(command: string): string {
  return `${command}Reply`;
}

/** A push may be called like a command: both have an "event". */
function pushed(name: string): string {
  return `push${capital(name)}`;
}

function capital(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

function messageOf(title: string, schema: z.ZodType) {
  return { title, payload: payloadOf(schema) };
}

function payloadOf(schema: z.ZodType) {
  const { $schema: _dialect, ...payload } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  });
  return payload;
}

function receives(name: CommandName) {
  return {
    action: 'receive',
    channel: { $ref: CHANNEL },
    messages: [inStream(name)],
    reply: {
      channel: { $ref: CHANNEL },
      messages: [inStream(replyTo(name)), inStream('error')],
    },
  };
}

function inStream(message: string) {
  return { $ref: `${CHANNEL}/messages/${message}` };
}

function sends(channel: string, message: string) {
  return {
    action: 'send',
    channel: { $ref: channel },
    messages: [{ $ref: `${channel}/messages/${message}` }],
  };
}
