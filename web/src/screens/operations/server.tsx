/** How the server is: what waits, what is late, and the changes it has stopped because they broke an invariant. */
import { Button, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { OverviewDocument } from '../../../../src/gateway/http/overview.ts';
import { call } from '../../data/api.ts';
import { queryClient, useAllChanges } from '../../data/queries.ts';
import { tell } from '../../parts/answered.ts';
import { ReasonField, Refusal } from '../../parts/reason.tsx';
import { When } from '../../parts/small.tsx';
import { Answer, Bones } from '../../parts/states.tsx';
import { OVERVIEW, useOverview } from './overview.ts';

type Stopped = OverviewDocument['quarantined'][number];

export function ServerState() {
  return (
    <Answer of={useOverview()} bones={<Bones rows={2} height={90} />}>
      {({ server, stream, timers, quarantined }) => (
        <Stack gap="xl">
          <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
            <Figure name="Runs since" value={<When time={server.started_at} />} />
            <Figure name="Commands waiting" value={counted(server.commands_waiting)} />
            <Figure
              name="Timers overdue"
              value={counted(timers.overdue)}
              note={timers.oldest_due_at && <When time={timers.oldest_due_at} />}
              isBad={timers.overdue > 0}
            />
            <Figure name="Connections" value={counted(server.sockets)} />
            <Figure name="Subscriptions" value={counted(server.subscriptions)} />
            <Figure name="Rows of the log" value={counted(stream.seq)} />
          </SimpleGrid>
          <div>
            <Title order={2} size="h5" mb="sm">
              Quarantined changes
            </Title>
            {quarantined.length === 0 ? (
              <Text size="sm" c="dimmed">
                None. A change that breaks an invariant is stopped and shown here; all others go on.
              </Text>
            ) : (
              <Stack gap="sm">
                {quarantined.map((each) => (
                  <One key={each.change} stopped={each} />
                ))}
              </Stack>
            )}
          </div>
          <Text size="xs" c="dimmed">
            Each server and worker process answers for itself; timers and the log are those of the tenant.
          </Text>
        </Stack>
      )}
    </Answer>
  );
}

const counted = (count: number) => count.toLocaleString();

function Figure(props: {
  readonly name: string;
  readonly value: React.ReactNode;
  readonly note?: React.ReactNode;
  readonly isBad?: boolean;
}) {
  const { name, value, note, isBad = false } = props;
  return (
    <div className="surface" style={{ padding: '12px 16px' }}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={600} className="tabular" c={isBad ? 'var(--bad)' : undefined}>
        {value}
      </Text>
      {note && (
        <Text size="xs" c="dimmed">
          oldest: {note}
        </Text>
      )}
    </div>
  );
}

function One({ stopped }: { readonly stopped: Stopped }) {
  const [isOpen, setOpen] = useState(false);
  const titles = new Map(useAllChanges().data?.map(({ id, title }) => [id, title]));
  const title = titles.get(stopped.change) ?? 'A change';
  return (
    <Group className="surface" px="md" py="sm" justify="space-between" align="flex-start">
      <div>
        <Link to={`/changes/${stopped.change}`}>{title}</Link>
        <Text size="sm">{stopped.why}</Text>
        <Text size="xs" c="dimmed">
          Stopped <When time={stopped.since} />
        </Text>
      </div>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        Release
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Release: ${title}`} centered>
        <ReleaseForm change={stopped.change} close={() => setOpen(false)} />
      </Modal>
    </Group>
  );
}

function ReleaseForm({ change, close }: { readonly change: string; readonly close: () => void }) {
  const [reason, setReason] = useState('');
  const release = useMutation({
    mutationFn: () => call(`/v1/changes/${change}/release`, { body: { reason: reason.trim() } }),
    onSuccess: () => {
      tell('Released: the next command loads it anew.', 'teal');
      close();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: OVERVIEW }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        release.mutate();
      }}
    >
      <Stack gap="md">
        <ReasonField
          value={reason}
          set={setReason}
          description="What was mended. It stands in the server log, with your name."
        />
        <Refusal error={release.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={release.isPending} disabled={reason.trim() === ''}>
            Release
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
