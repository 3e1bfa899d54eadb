/** One file of a revision: its lines, and under them what people say. A line number is a button that asks for a comment. */
import { Badge, Box, Button, Card, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import { type ChangeData, Diff, getChangeKey, Hunk } from 'react-diff-view';
import 'react-diff-view/style/index.css';
import { call, withQuery } from '../../data/api.ts';
import type {
  ChangeDocument,
  DiffLineDocument,
  FileLinesDocument,
  RevisionFileDocument,
  ThreadDocument,
} from '../../data/documents.ts';
import { keys } from '../../data/queries.ts';
import { Answer, Bones } from '../../parts/states.tsx';
import { hunksOf, lineOf } from './hunks.ts';
import { NewThread, ThreadView } from './thread.tsx';

interface Props {
  readonly change: ChangeDocument;
  readonly number: number;
  readonly file: RevisionFileDocument;
  readonly threads: readonly ThreadDocument[];
  readonly startsOpen: boolean;
}

export function FileDiff(props: Props) {
  const { file, startsOpen } = props;
  const [opened, setOpened] = useState(startsOpen);
  const renamed = file.old_path !== null && file.old_path !== file.path ? `${file.old_path} → ` : '';
  return (
    <Card padding={0} component="section" aria-label={file.path}>
      <UnstyledButton px="md" py="sm" w="100%" aria-expanded={opened} onClick={() => setOpened(!opened)}>
        <Group justify="space-between" gap="xs">
          <Text size="sm" ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {renamed}
            {file.path}
          </Text>
          <Group gap={6}>
            {file.kind !== 'modified' && <Badge color="gray">{file.kind}</Badge>}
            <Badge color="teal">+{file.added}</Badge>
            <Badge color="red">−{file.removed}</Badge>
          </Group>
        </Group>
      </UnstyledButton>
      {opened &&
        (file.is_binary ? <Note text="A binary file: there are no lines to show." /> : <Lines {...props} />)}
    </Card>
  );
}

const Note = ({ text }: { readonly text: string }) => (
  <Text size="sm" c="dimmed" px="md" pb="sm">
    {text}
  </Text>
);

const MOST_LINES = 6_000;

function Lines(props: Props) {
  const { change, number, file } = props;
  const [most, setMost] = useState(MOST_LINES);
  const lines = useQuery({
    queryKey: keys.part(change.id, 'lines', number, file.place, most),
    queryFn: ({ signal }) =>
      linesOf(`/v1/changes/${change.id}/revisions/${number}/files/${file.place}`, most, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Answer
      of={lines}
      bones={
        <Box p="md">
          <Bones rows={1} height={120} />
        </Box>
      }
    >
      {({ shown, hasMore }) => (
        <>
          <Drawn {...props} lines={shown} />
          {hasMore && (
            <Button variant="subtle" m="sm" onClick={() => setMost(most + MOST_LINES)}>
              Show more lines
            </Button>
          )}
        </>
      )}
    </Answer>
  );
}

async function linesOf(path: string, most: number, signal: AbortSignal) {
  const shown: DiffLineDocument[] = [];
  let line: number | null = 0;
  while (line !== null && shown.length < most) {
    const page: FileLinesDocument = await call(withQuery(path, { line: line || undefined }), { signal });
    shown.push(...page.lines);
    line = page.next_line;
  }
  return { shown, hasMore: line !== null };
}

function Drawn({
  change,
  number,
  file,
  threads,
  lines,
}: Props & { readonly lines: readonly DiffLineDocument[] }) {
  const { ref, width } = useElementSize();
  const [asked, ask] = useState<string | null>(null);
  const hunks = useMemo(() => hunksOf(lines), [lines]);
  const changes = hunks.flatMap((hunk) => hunk.changes);
  // A line number of another revision says nothing of this one's lines.
  const homeless = new Set(threads);
  const widgets: Record<string, ReactElement> = {};
  for (const each of changes) {
    const key = getChangeKey(each);
    const here = threads.filter(
      ({ line, revision }) =>
        line === lineOf(each) && (revision ?? number) === number && each.type !== 'delete',
    );
    for (const thread of here) homeless.delete(thread);
    if (here.length === 0 && asked !== key) continue;
    widgets[key] = (
      <Stack p="sm" gap="sm" maw={720} style={{ whiteSpace: 'normal' }}>
        {here.map((thread) => (
          <ThreadView key={thread.thread} change={change} thread={thread} />
        ))}
        {asked === key && (
          <NewThread
            change={change}
            label={`Comment on line ${lineOf(each)}`}
            at={{ file: file.path, line: lineOf(each), revision: number }}
            opened
            done={() => ask(null)}
          />
        )}
      </Stack>
    );
  }
  return (
    <Box ref={ref} style={{ overflowX: 'auto' }}>
      <Diff
        viewType={width > 1240 ? 'split' : 'unified'}
        diffType={file.kind === 'added' ? 'add' : file.kind === 'deleted' ? 'delete' : 'modify'}
        hunks={hunks}
        widgets={widgets}
        renderGutter={({ change: line, side, renderDefault, inHoverState }) => (
          <LineButton line={line} side={side} isHovered={inHoverState} ask={() => ask(getChangeKey(line))}>
            {renderDefault()}
          </LineButton>
        )}
      >
        {(drawn) => drawn.map((hunk) => <Hunk key={hunk.content} hunk={hunk} />)}
      </Diff>
      {[...homeless].map((thread) => (
        <Box key={thread.thread} p="sm" maw={720}>
          <ThreadView
            change={change}
            thread={thread}
            note={
              thread.line === null
                ? undefined
                : `on line ${thread.line} of revision ${thread.revision ?? '?'}`
            }
          />
        </Box>
      ))}
    </Box>
  );
}

function LineButton(props: {
  readonly line: ChangeData;
  readonly side: string;
  readonly isHovered: boolean;
  readonly ask: () => void;
  readonly children: React.ReactNode;
}) {
  const { line, side, ask, children } = props;
  const isSpeaking = line.type === 'delete' ? side === 'old' : side === 'new';
  if (!isSpeaking) return children;
  return (
    <button type="button" aria-label={`Comment on line ${lineOf(line)}`} onClick={ask}>
      {children}
    </button>
  );
}
