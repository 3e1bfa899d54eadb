/**
 * Where commands without an answer are kept beyond the process: what a reload or a crash took from the queue is sent by the
 * next client, with the same idempotency key, so it is done once. Browsers have one in `localStorage`.
 */
import type { CommandOf } from './frames.ts';

/** An event for a change; `idempotency_key` is made where none is given. */
export type SentEvent = Omit<CommandOf<'event'>, 'id' | 'type'>;

/** A command with the key that makes it safe to send again. */
export type KeyedEvent = SentEvent & { readonly idempotency_key: string };

/** Anything it throws when something is kept rejects that command with `NotSent`: nobody believes it kept that is not. */
export interface OutboxStorage {
  /** What an earlier client left, in the order it was sent. */
  load(): readonly KeyedEvent[];
  keep(event: KeyedEvent): void;
  /** It has an answer. */
  drop(event: KeyedEvent): void;
}

/** What is needed of `localStorage`. */
export interface TextStorage {
  readonly length: number;
  key(place: number): string | null;
  getItem(name: string): string | null;
  setItem(name: string, text: string): void;
  removeItem(name: string): void;
}

/**
 * One entry per command, its place in the name, so that keeping one costs one write. `name` has to say for whom they are
 * sent (tenant and principal): whoever opens it sends them as themselves. Pages that share it may send the same command
 * twice; the server does it once. Entries that are no command are passed over and removed.
 */
export function storedOutbox(name: string, storage: TextStorage): OutboxStorage {
  const head = `${name}:`;
  const places = new Map<string, string>();
  const names = () =>
    Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? '')
      .filter((each) => each.startsWith(head))
      .sort();
  let next = 0;
  return {
    load: () =>
      names().flatMap((each) => {
        next = Math.max(next, Number(each.slice(head.length, head.length + DIGITS)) + 1 || 0);
        const event = eventOf(storage.getItem(each) ?? '');
        if (event === undefined) storage.removeItem(each);
        else places.set(event.idempotency_key, each);
        return event ?? [];
      }),
    keep: (event) => {
      const place = `${head}${String(next).padStart(DIGITS, '0')}.${event.idempotency_key}`;
      storage.setItem(place, JSON.stringify(event));
      places.set(event.idempotency_key, place);
      next += 1;
    },
    drop: ({ idempotency_key: key }) => {
      storage.removeItem(places.get(key) ?? '');
      places.delete(key);
    },
  };
}

/** Names sort as their places do. */
const DIGITS = 12;

function eventOf(text: string): KeyedEvent | undefined {
  try {
    const found = JSON.parse(text) as Partial<Record<string, unknown>> | null;
    const isEvent = [found?.change, found?.trigger, found?.idempotency_key].every(
      (each) => typeof each === 'string' && each !== '',
    );
    return isEvent ? (found as unknown as KeyedEvent) : undefined;
  } catch {
    return undefined;
  }
}
