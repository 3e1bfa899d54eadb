/** A WebSocket whose other side is played by the test, for what a real server does too quickly to be cut in between. */
import type { SocketLike } from '../../src/client/socket.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every kind
type Frame = any;

/** A class of sockets, and what its sockets were sent; `connect` is answered by itself. */
export function playedSockets() {
  const sockets: Played[] = [];
  const waiting: (() => void)[] = [];
  class Played implements SocketLike {
    onopen: unknown;
    onmessage: unknown;
    onclose: unknown;
    onerror: unknown;
    readonly sent: Frame[] = [];

    constructor() {
      sockets.push(this);
      queueMicrotask(() => (this.onopen as (() => void) | undefined)?.());
    }

    send(text: string): void {
      const frame = JSON.parse(text);
      const expires_at = new Date(Date.now() + 600_000).toISOString();
      if (frame.type === 'connect') this.answer(frame, { tenant: 'acme', principal: 'rob', expires_at });
      else this.sent.push(frame);
      for (const wake of waiting.splice(0)) wake();
    }

    close(): void {
      this.lose();
    }

    /** The connection is gone, and nobody said why. */
    lose(): void {
      (this.onclose as (ended: object) => void)({ code: 1006, reason: '' });
    }

    say(frame: object): void {
      (this.onmessage as (message: object) => void)({ data: JSON.stringify(frame) });
    }

    answer({ id }: { readonly id: number }, body: object): void {
      this.say({ id, type: 'reply', ...body });
    }
  }
  /** The `nth` command but "connect" that the `socket`th socket was sent, and the socket. */
  const asked = async (socket: number, nth: number): Promise<{ played: Played; frame: Frame }> => {
    for (;;) {
      const played = sockets[socket];
      const frame = played?.sent[nth];
      if (played !== undefined && frame !== undefined) return { played, frame };
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { Played, asked };
}
