/** Pending timers, the soonest first, over all changes of the tenant. */
import { Button, Center, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call, withQuery } from '../../data/api.ts';
import type { Page, TimerDocument } from '../../data/documents.ts';
import { useAllChanges } from '../../data/queries.ts';
import { fullTime } from '../../data/words.ts';
import { When } from '../../parts/small.tsx';
import { Bones, Empty, Failed } from '../../parts/states.tsx';
import { timerName } from '../work/reasons.ts';

export function Timers() {
  const timers = useInfiniteQuery({
    queryKey: ['timers'],
    queryFn: ({ pageParam, signal }) =>
      call<Page<TimerDocument>>(withQuery('/v1/timers', { limit: 100, cursor: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const changes = useAllChanges();
  const titles = new Map(changes.data?.map(({ id, title }) => [id, title]));
  if (timers.isError) return <Failed error={timers.error} again={() => void timers.refetch()} />;
  if (timers.data === undefined) return <Bones rows={4} height={44} />;
  const items = timers.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty title="No timer is set">Nothing will happen by itself.</Empty>;
  return (
    <>
      <Table.ScrollContainer minWidth={520} className="surface">
        <Table verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Due</Table.Th>
              <Table.Th>What will happen</Table.Th>
              <Table.Th>Change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(({ change, name, due_at }) => (
              <Table.Tr key={`${change} ${name}`}>
                <Table.Td>
                  <When time={due_at} />
                  <Text size="xs" c="dimmed">
                    {fullTime(due_at)}
                  </Text>
                </Table.Td>
                <Table.Td>{timerName(name)}</Table.Td>
                <Table.Td>
                  <Link to={`/changes/${change}`}>{titles.get(change) ?? 'the change'}</Link>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
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
    </>
  );
}
