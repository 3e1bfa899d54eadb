/** What the bench tells its processes. Times are ms since the epoch with fractions, of clocks that agree on one machine. */
import type { EmbeddedConnection } from '../../src/persistence/embedded.ts';
import type { DialectName } from './dialects.ts';

export type ToClients =
  | {
      readonly do: 'open';
      readonly port: number;
      readonly count: number;
      readonly protocols: string;
      readonly dialect: DialectName;
      readonly streams: readonly string[];
    }
  | { readonly do: 'expect'; readonly events: number }
  | { readonly do: 'time'; readonly on: boolean }
  | { readonly do: 'pause' }
  | { readonly do: 'fail-over'; readonly port: number; readonly since: number; readonly events: number }
  | { readonly do: 'comebacks' }
  | { readonly do: 'end' };

export type ToServer =
  | {
      readonly do: 'start';
      readonly app: EmbeddedConnection;
      readonly key: string;
      readonly port?: number | undefined;
    }
  | {
      readonly do: 'start-baseline';
      readonly name: Exclude<DialectName, 'countersign'>;
      readonly bytes: number;
    }
  | { readonly do: 'changes'; readonly count: number }
  /** So many transitions at once, each of another change. */
  | { readonly do: 'commit'; readonly count: number }
  | { readonly do: 'load'; readonly perSecond: number; readonly seconds: number }
  /** Garbage is collected first, after so long without work: a process gives back what it had only for its busy times. */
  | { readonly do: 'memory'; readonly afterMs?: number }
  | { readonly do: 'cpu' }
  | { readonly do: 'position' };

export interface FromServer {
  readonly port?: number;
  readonly ids?: readonly string[];
  readonly at?: number;
  readonly rss?: number;
  readonly heapUsed?: number;
  /** What V8 holds for new objects: as much as the process was busy, however much is in use. */
  readonly young?: number;
  readonly cpu?: NodeJS.CpuUsage;
  readonly seq?: number;
}
