/** Who waits for whom: groups and single commands in the queues of many changes, with lanes that end in any order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Group, type Item, Mailboxes, type Work } from '../../src/actors/mailbox.ts';
import { runs } from '../support/runs.ts';

const NOW = { kind: 'timer', timer: { name: 't', setVersion: 1, event: 't', dueAt: 0 } } as const;
const refOf = (change: number) => ({ tenant: 'acme', change: String(change) });

type Act =
  | { readonly is: 'command'; readonly change: number }
  | { readonly is: 'group'; readonly changes: readonly number[] }
  | { readonly is: 'take'; readonly limit: number }
  | { readonly is: 'takeGroup' }
  | { readonly is: 'end'; readonly which: number; readonly conflict: boolean };

const change = fc.nat({ max: 4 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ is: fc.constant('command'), change }),
  fc.record({ is: fc.constant('group'), changes: fc.uniqueArray(change, { minLength: 1 }) }),
  fc.record({ is: fc.constant('take'), limit: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ is: fc.constant('takeGroup') }),
  fc.record({ is: fc.constant('end'), which: fc.nat(), conflict: fc.boolean() }),
);

/** Mailboxes with a memory of what came and what was done, per change. */
class Office {
  readonly mailboxes = new Mailboxes({ idleActors: 10, idleMs: 1_000 });
  readonly came = new Map<string, number[]>();
  readonly done = new Map<string, number[]>();
  readonly #numbers = new Map<unknown, number>();
  readonly #lanes: (readonly Work[] | Group)[] = [];
  #count = 0;

  do(act: Act): void {
    if (act.is === 'command') this.#command(act.change);
    else if (act.is === 'group') this.#group(act.changes);
    else if (act.is === 'take') this.#begin(this.mailboxes.take(act.limit));
    else if (act.is === 'takeGroup') this.#begin(this.mailboxes.takeGroup());
    else this.#end(act.which, act.conflict);
  }

  /** Lanes go on until nobody waits; false where they cannot. */
  finish(): boolean {
    for (let rounds = 0; rounds < 1_000; rounds += 1) {
      if (this.#lanes.length === 0 && this.mailboxes.waiting === 0) return true;
      this.do({ is: 'takeGroup' });
      this.do({ is: 'take', limit: 3 });
      this.do({ is: 'end', which: rounds, conflict: false });
    }
    return false;
  }

  #command(change: number): void {
    const item: Item = { input: NOW, claim: null, settle: () => {}, fail: () => {}, attempts: 0 };
    this.#note(item, [change]);
    this.mailboxes.deliver(refOf(change), item);
  }

  #group(changes: readonly number[]): void {
    const settle: Group['settle'] = () => {};
    const rest = { input: NOW, claim: null, barred: null };
    this.#note(settle, changes);
    this.mailboxes.deliverGroup(
      changes.map((each) => ({ ref: refOf(each), ...rest })),
      settle,
      () => {},
    );
  }

  #note(what: unknown, changes: readonly number[]): void {
    this.#count += 1;
    this.#numbers.set(what, this.#count);
    for (const each of changes) push(this.came, String(each), this.#count);
  }

  #begin(lane: readonly Work[] | Group | undefined): void {
    if (!lane || ('length' in lane && lane.length === 0)) return;
    const busy = new Set(this.#lanes.flatMap((other) => changesOf(other)));
    expect(changesOf(lane).filter((each) => busy.has(each))).toEqual([]);
    this.#lanes.push(lane);
  }

  #end(which: number, conflict: boolean): void {
    const [lane] = this.#lanes.splice(which % Math.max(1, this.#lanes.length), 1);
    if (!lane) return;
    if ('settle' in lane) {
      for (const { mailbox } of lane.members) this.#finish(mailbox.ref.change, lane.settle);
      for (const { mailbox } of lane.members) this.mailboxes.release(mailbox);
      return;
    }
    for (const { mailbox, items } of lane) {
      if (conflict) this.mailboxes.putBack(mailbox, items);
      else for (const item of items) this.#finish(mailbox.ref.change, item);
    }
    for (const { mailbox } of lane) this.mailboxes.release(mailbox);
  }

  #finish(change: string, what: unknown): void {
    push(this.done, change, this.#numbers.get(what) ?? 0);
  }
}

function changesOf(lane: readonly Work[] | Group): string[] {
  return ('members' in lane ? lane.members : lane).map(({ mailbox }) => mailbox.ref.change);
}

function push(lists: Map<string, number[]>, name: string, value: number): void {
  lists.set(name, [...(lists.get(name) ?? []), value]);
}

it('nobody waits for ever, nobody is overtaken, and a change is in one lane at a time', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      const office = new Office();
      for (const each of acts) office.do(each);
      expect(office.finish()).toBe(true);
      expect(office.done).toEqual(office.came);
    }),
    { numRuns: runs(200, 500) },
  );
});
