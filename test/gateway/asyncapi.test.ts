/** `/asyncapi.json` names every frame there is, and everything in it can be found. */
import { expect, expectTypeOf, it } from 'vitest';
import {
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
import { startTestGateway } from './harness.ts';

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
  expect(operations.filter(({ action }) => action === 'send')).toHaveLength(pushes.length);
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
