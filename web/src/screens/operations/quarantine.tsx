/** Changes that were stopped because they broke an invariant, why, and how they are let go on. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { OverviewDocument } from '../../../../src/gateway/http/overview.ts';
import { call } from '../../data/api.ts';
import { queryClient, useAllChanges } from '../../data/queries.ts';
import { tell } from '../../parts/answered.ts';
import { Form } from '../../parts/form.tsx';
import { ReasonField, Refusal } from '../../parts/reason.tsx';
import { When } from '../../parts/small.tsx';
import { OVERVIEW } from './overview.ts';

type Stopped = OverviewDocument['quarantined'][number];

export function Quarantine({ stopped }: { readonly stopped: readonly Stopped[] }) {
  if (stopped.length === 0)
    return (
      <Text size="sm" c="dimmed">
        None. A change that breaks an invariant is stopped and shown here; all others go on.
      </Text>
    );
  return (
    <Stack gap="sm">
      {stopped.map((each) => (
        <One key={each.change} stopped={each} />
      ))}
    </Stack>
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
    <Form send={() => release.mutate()}>
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
    </Form>
  );
}
