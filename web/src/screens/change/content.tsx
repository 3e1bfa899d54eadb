/** What a revision holds, file by file, with what people say on its lines; and what they say on the change as a whole. */
import { Badge, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  ChangeDocument,
  RevisionFileDocument,
  ThreadDocument,
  ToldRevisionDocument,
} from '../../data/documents.ts';
import { everyPage, keys, usePart } from '../../data/queries.ts';
import { Answer, Bones, Empty } from '../../parts/states.tsx';
import { FileDiff } from './file-diff.tsx';
import { Panel } from './panel.tsx';
import { NewThread, ThreadView } from './thread.tsx';

export default function Content({ change }: { readonly change: ChangeDocument }) {
  const revisions = usePart<{ readonly items: readonly ToldRevisionDocument[] }>(change.id, 'revisions');
  const threads = usePart<{ readonly items: readonly ThreadDocument[] }>(change.id, 'threads');
  const [chosen, choose] = useState<number | null>(null);
  return (
    <Answer of={revisions} bones={<Bones rows={2} height={180} />}>
      {({ items }) => {
        const number = chosen ?? items.at(-1)?.number ?? 0;
        const all = threads.data?.items ?? [];
        const general = all.filter(({ file }) => file === null);
        return (
          <Stack gap="lg">
            {items.length > 1 && (
              <NativeSelect
                label="Revision"
                w={180}
                value={String(number)}
                data={items.map((each) => ({ value: String(each.number), label: `Revision ${each.number}` }))}
                onChange={(event) => choose(Number(event.currentTarget.value))}
              />
            )}
            {number === 0 ? (
              <Empty title="There is no content yet">A revision brings it in.</Empty>
            ) : (
              <Files change={change} number={number} threads={all} />
            )}
            <Panel title="Discussion">
              <Stack gap="md">
                {general.length === 0 && (
                  <Text size="sm" c="dimmed">
                    Nobody has said anything on the change as a whole.
                  </Text>
                )}
                {general.map((thread) => (
                  <ThreadView key={thread.thread} change={change} thread={thread} />
                ))}
                <NewThread change={change} label="Say something on the change" />
              </Stack>
            </Panel>
          </Stack>
        );
      }}
    </Answer>
  );
}

interface FilesProps {
  readonly change: ChangeDocument;
  readonly number: number;
  readonly threads: readonly ThreadDocument[];
}

/** Beyond it files are opened one by one. */
const OPEN_AT_ONCE = 12;

function Files({ change, number, threads }: FilesProps) {
  const files = useQuery({
    queryKey: keys.part(change.id, 'files', number),
    queryFn: ({ signal }) =>
      everyPage<RevisionFileDocument>(
        `/v1/changes/${change.id}/revisions/${number}/files`,
        {},
        signal,
        1_000,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Answer of={files} bones={<Bones rows={2} height={180} />}>
      {(items) => (
        <Stack gap="md">
          <Group gap="xs">
            <Text size="sm">
              {items.length} {items.length === 1 ? 'file' : 'files'}
            </Text>
            <Badge color="teal">+{items.reduce((sum, { added }) => sum + added, 0)}</Badge>
            <Badge color="red">−{items.reduce((sum, { removed }) => sum + removed, 0)}</Badge>
          </Group>
          {items.length === 0 && (
            <Empty title="The content of this revision is not here">Nobody has sent it yet.</Empty>
          )}
          {items.map((file, place) => (
            <FileDiff
              key={file.place}
              change={change}
              number={number}
              file={file}
              startsOpen={place < OPEN_AT_ONCE}
              threads={threads.filter((each) => each.file === file.path)}
            />
          ))}
        </Stack>
      )}
    </Answer>
  );
}
