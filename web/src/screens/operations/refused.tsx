/** What was refused lately, and why: who tried what on which change. */
import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call, withQuery } from '../../data/api.ts';
import type { Page, TransitionDocument } from '../../data/documents.ts';
import { useAllChanges } from '../../data/queries.ts';
import { spelled } from '../../data/words.ts';
import { When, Who } from '../../parts/small.tsx';
import { Answer, Bones, Empty } from '../../parts/states.tsx';
import { askOverview } from './overview.ts';

/** Rows at the end of the log that are looked through: refusals cannot be asked for by themselves. */
const LOOKED_THROUGH = 1_000;

export function Refused() {
  const log = useQuery({
    queryKey: ['log', 'refused'],
    queryFn: async ({ signal }) => {
      const { stream } = await askOverview(signal);
      const after = Math.max(0, stream.seq - LOOKED_THROUGH);
      const rows = await rowsAfter(after, signal);
      return rows.filter(({ kind }) => kind === 'refusal').reverse();
    },
  });
  const changes = useAllChanges();
  const titles = new Map(changes.data?.map(({ id, title }) => [id, title]));
  return (
    <Answer of={log} bones={<Bones rows={4} height={64} />}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty title="Nothing was refused lately">
            Looked through: the newest {LOOKED_THROUGH.toLocaleString()} rows of the log.
          </Empty>
        ) : (
          <Stack gap={0} className="surface">
            {rows.map((row) => (
              <Stack key={row.seq} gap={4} px="md" py="sm" style={{ borderBottom: '1px solid var(--line)' }}>
                <Group justify="space-between" gap="xs" fz="sm">
                  <span>
                    <Who name={row.principal} kind={row.principal_kind} /> tried “
                    {spelled(row.event).toLowerCase()}” on{' '}
                    <Link to={`/changes/${row.change}`}>{titles.get(row.change) ?? 'a change'}</Link>
                  </span>
                  <Text size="xs" c="dimmed">
                    <When time={row.occurred_at} />
                  </Text>
                </Group>
                <Text size="sm" c="dimmed">
                  {row.refusal?.message}
                </Text>
              </Stack>
            ))}
          </Stack>
        )
      }
    </Answer>
  );
}

/** The API does not take `after` beside a cursor, so each page begins behind the last row of the one before. */
async function rowsAfter(after: number, signal: AbortSignal): Promise<readonly TransitionDocument[]> {
  const rows: TransitionDocument[] = [];
  for (;;) {
    const path = withQuery('/v1/transitions', { after: rows.at(-1)?.seq ?? after, limit: 200 });
    const { items, next_cursor: next } = await call<Page<TransitionDocument>>(path, { signal });
    rows.push(...items);
    if (next === null || rows.length >= 2 * LOOKED_THROUGH) return rows;
  }
}
