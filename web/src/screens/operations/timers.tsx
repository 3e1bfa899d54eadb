/** Pending timers, the soonest first, over all changes of the tenant; and what an operator does to one or to many of them. */
import { Button, Center, Group, Modal, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, withQuery } from '../../data/api.ts';
import type { Page, TimerDocument } from '../../data/documents.ts';
import { useAllChanges } from '../../data/queries.ts';
import { Bones, Empty, Failed } from '../../parts/states.tsx';
import type { Operation } from './operate.ts';
import { OPERATIONS, OperateForm } from './operate-form.tsx';
import { nameOf, TimerTable } from './timer-table.tsx';

interface Asked {
  readonly operation: Operation;
  readonly timers: readonly TimerDocument[];
}

export function Timers() {
  const timers = useInfiniteQuery({
    queryKey: ['timers'],
    queryFn: ({ pageParam, signal }) =>
      call<Page<TimerDocument>>(withQuery('/v1/timers', { limit: 100, cursor: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const changes = useAllChanges();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked | null>(null);
  const titles = new Map(changes.data?.map(({ id, title }) => [id, title]));
  const titleOf = (change: string) => titles.get(change) ?? 'a change';
  const items = timers.data?.pages.flatMap((page) => page.items) ?? [];
  const selected = items.filter((timer) => chosen.has(nameOf(timer)));
  const close = () => {
    setAsked(null);
    setChosen(new Set());
  };
  const list = (
    <Stack gap="sm">
      <Group gap="xs" role="toolbar" aria-label="Selected timers" mih={36}>
        <Text size="sm" c="dimmed" role="status">
          {selected.length === 0 ? 'Select timers to act on several' : `${selected.length} selected`}
        </Text>
        {selected.length > 0 &&
          (Object.keys(OPERATIONS) as Operation[]).map((operation) => (
            <Button
              key={operation}
              size="xs"
              variant="default"
              c={operation === 'cancel' ? 'var(--bad)' : undefined}
              onClick={() => setAsked({ operation, timers: selected })}
            >
              {OPERATIONS[operation].label}
            </Button>
          ))}
      </Group>
      <TimerTable
        timers={items}
        titleOf={titleOf}
        chosen={chosen}
        choose={setChosen}
        ask={(operation, timer) => setAsked({ operation, timers: [timer] })}
      />
      {timers.hasNextPage && (
        <Center mt="md">
          <Button
            variant="default"
            loading={timers.isFetchingNextPage}
            onClick={() => void timers.fetchNextPage()}
          >
            More
          </Button>
        </Center>
      )}
    </Stack>
  );
  // The question stands beside the list: it stays when the last timer goes while somebody writes.
  return (
    <>
      {timers.isError ? (
        <Failed error={timers.error} again={() => void timers.refetch()} />
      ) : timers.data === undefined ? (
        <Bones rows={4} height={44} />
      ) : items.length === 0 ? (
        <Empty title="No timer is set">Nothing will happen by itself.</Empty>
      ) : (
        list
      )}
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? OPERATIONS[asked.operation].label : ''}
        centered
      >
        {asked && <OperateForm {...asked} titleOf={titleOf} close={close} />}
      </Modal>
    </>
  );
}
