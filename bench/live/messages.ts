/** What the bench tells its processes. Times are ms since the epoch with fractions, of clocks that agree on one machine. */
import type { EmbeddedConnection } from '../../src/persistence/embedded.ts';

export type ToClients =
  | {
      readonly do: 'open';
      readonly port: number;
      readonly count: number;
      readonly localAddress: string;
      readonly protocols: string;
      readonly subscribe: boolean;
      readonly streams: readonly string[];
    }
  | { readonly do: 'expect'; readonly events: number }
  | { readonly do: 'time'; readonly on: boolean }
  | { readonly do: 'pause' }
  | { readonly do: 'fail-over'; readonly port: number; readonly since: number; readonly events: number }
  | { readonly do: 'end' };

export type ToServer =
  | { readonly do: 'start'; readonly app: EmbeddedConnection; readonly key: string }
  | { readonly do: 'start-ws'; readonly bytes: number }
  | { readonly do: 'changes'; readonly count: number }
  /** So many transitions at once, each of another change. */
  | { readonly do: 'commit'; readonly count: number }
  | { readonly do: 'load'; readonly perSecond: number; readonly seconds: number }
  | { readonly do: 'memory' }
  | { readonly do: 'position' };

export interface FromServer {
  readonly port?: number;
  readonly ids?: readonly string[];
  readonly at?: number;
  readonly rss?: number;
  readonly seq?: number;
}
