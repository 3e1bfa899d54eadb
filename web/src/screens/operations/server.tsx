/** How the servers are: what waits, what is late, and the changes that were stopped because they broke an invariant. */
import { Stack, Text, Title } from '@mantine/core';
import type { OverviewDocument } from '../../../../src/gateway/http/overview.ts';
import { When } from '../../parts/small.tsx';
import { Answer, Bones } from '../../parts/states.tsx';
import { Figure, Figures } from './figure.tsx';
import { useOverview } from './overview.ts';
import { Quarantine } from './quarantine.tsx';
import { Servers } from './servers.tsx';

export function ServerState() {
  return (
    <Answer of={useOverview()} bones={<Bones rows={2} height={90} />}>
      {({ server, servers, stream, timers, quarantined }) => (
        <Stack gap="xl">
          <Part title="This server">
            <Figures>
              <Figure name="Runs since" value={<When time={server.started_at} />} />
              <Figure name="Commands waiting" value={counted(server.commands_waiting)} />
              <Figure name="Connections" value={counted(server.sockets)} />
              <Figure name="Subscriptions" value={counted(server.subscriptions)} />
              <Figure name="Rows of the log" value={counted(stream.seq)} />
            </Figures>
          </Part>
          <Part title="Quarantined changes">
            <Quarantine stopped={quarantined} />
          </Part>
          <Part title="Timers">
            <TimerFigures timers={timers} />
          </Part>
          <Part title="All servers">
            <Servers servers={servers} />
          </Part>
          <Text size="xs" c="dimmed">
            The first figures are those of the server that answers; each worker process is one. Timers and the
            log are those of the tenant, alarms and servers those of the database.
          </Text>
        </Stack>
      )}
    </Answer>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}

const STORES = { postgres: 'in PostgreSQL', redis: 'in Redis' };

function TimerFigures({ timers }: Pick<OverviewDocument, 'timers'>) {
  const { pending, due_within_hour, overdue, oldest_due_at, alarms } = timers;
  return (
    <Figures>
      <Figure name="Timers set" value={atMost(pending)} />
      <Figure name="Due within an hour" value={atMost(due_within_hour)} />
      <Figure
        name="Overdue"
        value={atMost(overdue)}
        note={
          oldest_due_at && (
            <>
              oldest: <When time={oldest_due_at} />
            </>
          )
        }
        isBad={overdue > 0}
      />
      {alarms && (
        <Figure
          name="Alarms"
          value={alarms.jobs ? `${counted(alarms.jobs.delayed)} set` : 'Not reachable'}
          note={
            alarms.jobs
              ? `${counted(alarms.jobs.waiting + alarms.jobs.active)} ringing, ${STORES[alarms.backend]}`
              : STORES[alarms.backend]
          }
          isBad={alarms.jobs === null}
        />
      )}
    </Figures>
  );
}

const counted = (count: number) => count.toLocaleString();
/** The server counts timers up to a thousand. */
const atMost = (count: number) => (count >= 1_000 ? '1,000 or more' : counted(count));
