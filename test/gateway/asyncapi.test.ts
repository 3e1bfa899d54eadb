/**
 * `/asyncapi.json` names every frame there is, everything in it can be found, AsyncAPI's own schema finds nothing in it, and what
 * a server sends is what it says.
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { expect, expectTypeOf, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Command,
  commandSchema,
  type Item,
  problemSchema,
  pushSchema,
  type Transition,
  transitionSchema,
} from '../../src/client/frames.ts';
import {
  type ChangeSummary,
  problem,
  type TransitionDocument,
  transition,
} from '../../src/gateway/http/schemas.ts';
import { inspectSchema } from '../../src/gateway/inspect/frames.ts';
import { asyncApiDocument } from '../../src/gateway/live/asyncapi.ts';
import { openRig } from '../client/rig.ts';
import { startTestGateway, token } from './harness.ts';

/** The schema of AsyncAPI 3.0.0 as its authors publish it, with all it refers to. */
const SPECIFICATION = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json');
const ajv = new Ajv({ strict: false, validateFormats: false });

it('what the server makes is what the client is told of', () => {
  expectTypeOf<TransitionDocument>().toExtend<Transition>();
  expectTypeOf<ChangeSummary>().toExtend<Item>();
  expect(Object.keys(transition.shape)).toEqual(Object.keys(transitionSchema.shape));
  expect(Object.keys(problem.shape)).toEqual(Object.keys(problemSchema.shape));
});

it('is served, names every command, reply and push, and its references lead somewhere', async () => {
  const { gateway, call } = await startTestGateway({ transport: 'node' });
  const { status, json } = await call('GET', '/asyncapi.json', { token: null });
  await gateway.close();
  expect(status).toBe(200);
  expect(json.asyncapi).toBe('3.0.0');
  const commands = commandSchema.options.map((option) => option.shape.type.value);
  const pushes = pushSchema.options.map((option) => option.shape.type.value);
  const operations = Object.values(json.operations) as { action: string }[];
  expect(operations.filter(({ action }) => action === 'receive')).toHaveLength(commands.length);
  const inspected = inspectSchema.options.map((option) => option.shape.type.value);
  expect(operations.filter(({ action }) => action === 'send')).toHaveLength(pushes.length + inspected.length);
  expect(Object.keys(json.channels.inspect.messages)).toHaveLength(inspected.length);
  for (const command of commands) expect(json.channels.stream.messages).toHaveProperty(`${command}Reply`);
  for (const reference of JSON.stringify(json.operations).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = reference[1]!.split('/').reduce((at, name) => at?.[name], json);
    expect(found, reference[1]).toBeDefined();
  }
  const { event, pushEvent } = json.channels.stream.messages;
  expect(event.payload.required).toEqual(['id', 'type', 'change', 'trigger']);
  expect(event.payload.additionalProperties).toBe(false);
  expect(Object.keys(pushEvent.payload.properties.transition.properties)).toEqual(
    Object.keys(transitionSchema.shape),
  );
});

it("is valid by AsyncAPI's own schema, which finds what would be wrong in it", () => {
  const validate = ajv.compile(SPECIFICATION);
  const document = JSON.parse(JSON.stringify(asyncApiDocument()));
  expect(validate(document), ajv.errorsText(validate.errors)).toBe(true);
  const { stream } = document.channels;
  for (const wrong of [
    { ...document, operations: { ping: { ...document.operations.ping, action: 'sends' } } },
    { ...document, channels: { stream: { ...stream, bindings: { ws: { method: 'PUT' } } } } },
    { ...document, channels: { stream: { ...stream, messages: { ping: { payload: { type: 'objekt' } } } } } },
  ])
    expect(validate(wrong), JSON.stringify(wrong).slice(0, 200)).toBe(false);
});

it('describes the frames that a server sends, on the stream and to the inspector', async () => {
  const rig = await openRig({ transport: 'node' });
  const document = JSON.parse(JSON.stringify(asyncApiDocument()));
  const change = await rig.propose();
  await rig.move(change, 'hold');
  const at = rig.gateway.url.replace('http', 'ws');
  const protocol = ['countersign.v1.json', `bearer.${await token({ roles: ['reviewer'] })}`];

  const stream = await framesOf(new WebSocket(`${at}/v1/stream`, protocol), {
    connected: [
      { id: 1, type: 'subscribe', stream: 'tenant', since: 0 },
      { id: 2, type: 'subscribe', stream: 'query', query: { outcome: 'open' } },
    ],
    snapshot: [
      { id: 3, type: 'event', change, trigger: 'release' },
      { id: 4, type: 'event', change, trigger: 'release' },
      { id: 5, type: 'ping' },
      { id: 6, type: 'ack', subscription: 's2', seq: 1 },
      { id: 7, type: 'unsubscribe', subscription: 's3' },
    ],
  });
  const told = await framesOf(
    new WebSocket(`${at}/v1/inspect?replay=true`, { headers: { authorization: `Bearer ${await token()}` } }),
  );
  await rig.close();

  expect(stream.filter(({ type }) => type === 'reply' || type === 'error')).toHaveLength(7);
  expect(told.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['@xstate.actor', '@xstate.event', '@xstate.snapshot']),
  );
  const strangers = (channel: string, frames: readonly object[]) => {
    const messages: { payload: object }[] = Object.values(document.channels[channel].messages);
    const schemas = messages.map(({ payload }) => ajv.compile(closed(payload)));
    return frames.filter((frame) => !schemas.some((fits) => fits(frame)));
  };
  expect(strangers('stream', stream)).toEqual([]);
  expect(strangers('inspect', told)).toEqual([]);
  expect(strangers('inspect', stream)).toHaveLength(stream.length);
});

/** The same schema, in which an object has no fields but those it names: one that nobody described is found. */
function closed(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema, (_key, value) =>
      value?.type === 'object' && value.properties ? { additionalProperties: false, ...value } : value,
    ),
  );
}

type Commands = Readonly<Record<string, readonly Command[]>>;

/**
 * All that comes, until it is closed. Commands are sent when a frame of their kind has come; when all are answered and something
 * of every kind of push was told, it is.
 */
async function framesOf(socket: WebSocket, commands: Commands = {}) {
  const frames: { type: string; id?: unknown }[] = [];
  const over = once(socket, 'close');
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    frames.push(frame);
    for (const command of commands[frame.type] ?? []) socket.send(JSON.stringify(command));
    const isAnswered = Object.values(commands)
      .flat()
      .every(({ id }) => frames.some((each) => each.id === id));
    const isTold = ['event', 'snapshot', 'changed'].every((type) =>
      frames.some((each) => each.type === type),
    );
    if (isAnswered && isTold) socket.close();
  });
  await over;
  return frames;
}
