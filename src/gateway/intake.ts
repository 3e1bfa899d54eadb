/** What a connection may send: decides about each frame before anything is done. */
import { CountersignError } from '../errors.ts';
import { CLOSE, type CloseReason, type StreamLimits } from './limits.ts';
import { asCountersignError } from './problem.ts';
import { type Command, type FrameId, idOf, parseCommand } from './protocol.ts';
import { TokenBucket } from './token-bucket.ts';

export type Taken =
  | { readonly is: 'command'; readonly command: Command }
  /** Answered with an error; the connection ends after it where `close` is given. */
  | {
      readonly is: 'refused';
      readonly id: FrameId | null;
      readonly error: CountersignError;
      readonly close?: CloseReason;
    }
  | { readonly is: 'fatal'; readonly close: CloseReason };

export class Intake {
  readonly #limits: StreamLimits;
  readonly #bucket: TokenBucket;
  #refused = 0;
  #unreadable = 0;

  /** `now` in milliseconds, never going back; so everywhere here. */
  constructor(limits: StreamLimits, now: number) {
    this.#limits = limits;
    this.#bucket = new TokenBucket(limits.commandsPerSecond, limits.commandBurst, now);
  }

  take(text: string, now: number): Taken {
    if (Buffer.byteLength(text) > this.#limits.frameBytes)
      return { is: 'fatal', close: CLOSE.FRAME_TOO_LARGE };
    if (!this.#bucket.take(now)) return this.#tooFast(text);
    try {
      return { is: 'command', command: parseCommand(text) };
    } catch (error) {
      return this.#unfit(text, asCountersignError(error));
    }
  }

  #tooFast(text: string): Taken {
    const { commandsPerSecond, refusedCommands } = this.#limits;
    this.#refused += 1;
    const error = new CountersignError(
      'TOO_BUSY',
      `This connection may send ${commandsPerSecond} commands a second.`,
    );
    const isFlood = this.#refused >= refusedCommands;
    return { is: 'refused', id: idOf(text), error, ...(isFlood && { close: CLOSE.TOO_MANY_COMMANDS }) };
  }

  /** Only what is not even JSON counts against the connection. */
  #unfit(text: string, error: CountersignError): Taken {
    if (error.code === 'MALFORMED_JSON') this.#unreadable += 1;
    const isHopeless = this.#unreadable >= this.#limits.badFrames;
    return { is: 'refused', id: idOf(text), error, ...(isHopeless && { close: CLOSE.BAD_FRAMES }) };
  }
}
