/** What routes work with. */
import type { AlarmDepth } from '../../actors/ports.ts';
import type { Logger } from '../../log.ts';
import type { Authenticator } from '../authenticate.ts';
import type { Backend } from '../backend.ts';
import type { Presence } from '../live/presence.ts';
import type { Quarantine } from '../live/quarantine.ts';
import type { Metrics } from '../metrics.ts';
import type { Regard } from '../regard.ts';
import type { Revocations } from '../revocations.ts';
import type { ServeStatic } from '../static/serve.ts';
import type { KnownTenants } from '../tenants.ts';

export interface Services {
  readonly backend: Backend;
  readonly authenticator: Authenticator;
  readonly revocations: Revocations;
  readonly regard: Regard;
  /** After so long without an acknowledgement a reader is overdue. */
  readonly overdueAfterMs: number;
  readonly tenants: KnownTenants;
  readonly metrics: Metrics;
  /** The servers on this database, where they say so to each other. */
  readonly presence: Presence | undefined;
  /** What they have stopped. */
  readonly quarantine: Quarantine;
  /** How many alarms are set, where there is an alarm clock. */
  readonly alarms: (() => Promise<AlarmDepth>) | undefined;
  readonly log: Logger;
  /** True from the moment the server was told to stop. */
  readonly isStopping: () => boolean;
  /** True even before that: it still serves, and says to load balancers that it will not for long. */
  readonly isLeaving: () => boolean;
  /** The web application, for what no route has taken. */
  readonly web?: ServeStatic;
}
