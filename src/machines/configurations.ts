/**
 * The configurations a change of one definition can rest in, each made once: XState spends a third of a step on finding
 * the nodes behind a state value and the actor to step for, and both are the same for every change.
 */
import { LRUCache } from 'lru-cache';
import {
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventObject,
  type ExecutableActionsFrom,
  type StateValue,
} from 'xstate';

/** What a machine hands out to be done: here only data, `xstate.raise` and `xstate.cancel` among it. */
export type ActionData = ExecutableActionsFrom<AnyStateMachine>;

/** Regions multiply; past so many, those not seen for longest are made again. */
const KEPT = 4_096;

export class Configurations {
  readonly #machine: AnyStateMachine;
  readonly #byText = new LRUCache<string, AnyMachineSnapshot>({ max: KEPT });
  readonly #byValue = new WeakMap<object, AnyMachineSnapshot>();
  #self: AnyActorRef | undefined;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** The snapshot at rest in `value`, with an empty context. Throws where the machine has no such configuration. */
  at(value: StateValue): AnyMachineSnapshot {
    const same = typeof value === 'object' ? this.#byValue.get(value) : undefined;
    if (same) return same;
    const text = JSON.stringify(value);
    const known = this.#byText.get(text);
    if (known) return known;
    const made = this.#machine.resolveState({ value, context: {} });
    this.#byText.set(text, made);
    if (typeof made.value === 'object') this.#byValue.set(made.value, made);
    return made;
  }

  /** `transition()` of XState, but for an actor that is made once: it never starts, and nothing it is told to do is done. */
  transition(snapshot: AnyMachineSnapshot, event: EventObject): [AnyMachineSnapshot, ActionData[]] {
    const actions: ActionData[] = [];
    this.#self ??= createActor(this.#machine) as AnyActorRef;
    const after = this.#machine.transition(snapshot, event as never, {
      self: this.#self as never,
      system: this.#self.system,
      id: '',
      sessionId: '',
      logger: nothing,
      defer: nothing,
      emit: nothing,
      stopChild: nothing,
      actionExecutor: (action) => actions.push(action as ActionData),
    });
    return [after, actions];
  }
}

function nothing(): void {}
