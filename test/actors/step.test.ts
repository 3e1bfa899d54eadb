import { describe, expect, it } from 'vitest';
import { proposed } from '../../src/actors/live.ts';
import { step } from '../../src/actors/step.ts';
import { compile } from '../../src/machines/compile.ts';
import { normalise } from '../../src/machines/normalise.ts';
import { sourceSchema } from '../../src/machines/source.ts';
import { expiring } from './expiring.ts';
import { principal, START } from './rig.ts';

const ada = principal('ada', ['developer']);
const facts = {
  project: 'web',
  key: null,
  title: 'A change',
  author: 'ada',
  authorKind: 'person',
  createdAt: START,
};
const machine = compile(normalise(sourceSchema.parse(expiring)));
const proposal = proposed(machine, {
  ...facts,
  definition: 'Expiring',
  definitionVersion: 1,
  attributes: null,
});
const open = step(proposal, { kind: 'propose', envelope: { principal: ada } }, START).live;
const [timer] = open.timers;
const due = START + 5_000;

describe('the step', () => {
  it('gives the same result however often it is asked, and leaves what it was given as it was', () => {
    const before = structuredClone(open.snapshot);
    const close = () =>
      step(
        open,
        { kind: 'event', command: { change: 'c', trigger: 'close' }, envelope: { principal: ada } },
        due,
      );
    expect(close()).toEqual(close());
    expect(open.snapshot).toEqual(before);
    expect(close().live).toMatchObject({ version: 2, outcome: 'applied', timers: [] });
  });

  it('fires a timer when it is due, and not a millisecond before', () => {
    expect(timer).toMatchObject({ name: 'Open->Expired', setVersion: 1, dueAt: due });
    if (!timer) return;
    expect(step(open, { kind: 'timer', timer }, due - 1)).toEqual({ live: open, entry: null });
    expect(step(open, { kind: 'timer', timer }, due).live).toMatchObject({
      version: 2,
      outcome: 'withdrawn',
    });
  });

  it('ignores a timer that was settled, or set by another version than the pending one', () => {
    if (!timer) return;
    const after = step(open, { kind: 'timer', timer }, due).live;
    expect(step(after, { kind: 'timer', timer }, due).entry).toBeNull();
    expect(step(open, { kind: 'timer', timer: { ...timer, setVersion: 7 } }, due).entry).toBeNull();
  });
});
