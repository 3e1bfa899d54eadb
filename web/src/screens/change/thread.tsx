/** A thread: what was said, in order; whoever reads it can answer, and say that it is done. */
import { Alert, Badge, Button, Card, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../../data/act.ts';
import type { ChangeDocument, ThreadDocument } from '../../data/documents.ts';
import { When, Who } from '../../parts/small.tsx';

interface Props {
  readonly change: ChangeDocument;
  readonly thread: ThreadDocument;
  readonly note?: string | undefined;
}

/** A thread that is resolved is one line, until somebody wants to read it. */
export function ThreadView(props: Props) {
  const { thread, note } = props;
  const [isOpen, open] = useState(thread.resolved === null);
  if (isOpen || thread.resolved === null) return <OpenThread {...props} />;
  const count = thread.comments.length;
  return (
    <Card padding="xs" component="article" aria-label={`Thread opened by ${thread.opened.by}, resolved`}>
      <Group gap="xs" fz="sm" c="dimmed">
        <Badge color="teal">resolved</Badge>
        <span>
          {count} {count === 1 ? 'comment' : 'comments'}, resolved by {thread.resolved.by}{' '}
          <When time={thread.resolved.at} />
          {note !== undefined && `, ${note}`}
        </span>
        <Button size="compact-sm" variant="subtle" onClick={() => open(true)}>
          Show
        </Button>
      </Group>
    </Card>
  );
}

function OpenThread({ change, thread, note }: Props) {
  const act = useAct();
  const resolve = () =>
    act.mutate({ change: change.id, trigger: 'thread.resolve', data: { thread: thread.thread } });
  return (
    <Card padding="sm" component="article" aria-label={`Thread opened by ${thread.opened.by}`}>
      <Stack gap="sm">
        {note !== undefined && (
          <Text size="xs" c="dimmed">
            {note}
          </Text>
        )}
        {thread.comments.map((comment) => (
          <div key={`${comment.by} ${comment.at}`}>
            <Group gap="xs" fz="sm">
              <Who name={comment.by} kind={comment.kind} />
              <Text size="xs" c="dimmed">
                <When time={comment.at} />
              </Text>
            </Group>
            <Text size="sm" mt={2} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {comment.text}
            </Text>
          </div>
        ))}
        {thread.resolved !== null ? (
          <Text size="xs" c="dimmed">
            <Badge color="teal" mr={6}>
              resolved
            </Badge>
            by {thread.resolved.by} <When time={thread.resolved.at} />
            {thread.resolved.reason !== null && `: ${thread.resolved.reason}`}
          </Text>
        ) : (
          change.outcome === null && (
            <Answering change={change} thread={thread} resolve={resolve} isResolving={act.isPending} />
          )
        )}
        {act.isError && <Refused message={act.error.message} />}
      </Stack>
    </Card>
  );
}

function Answering(props: Props & { readonly resolve: () => void; readonly isResolving: boolean }) {
  const { change, thread, resolve, isResolving } = props;
  const [isOpen, open] = useState(false);
  if (isOpen)
    return (
      <Writing
        change={change}
        label="Answer"
        trigger="thread.comment"
        data={{ thread: thread.thread }}
        done={() => open(false)}
      />
    );
  return (
    <Group gap="xs">
      <Button size="compact-sm" variant="light" onClick={() => open(true)}>
        Answer
      </Button>
      <Button size="compact-sm" variant="default" loading={isResolving} onClick={resolve}>
        Resolve
      </Button>
    </Group>
  );
}

interface NewProps {
  readonly change: ChangeDocument;
  readonly label: string;
  readonly at?: { readonly file: string; readonly line: number; readonly revision: number };
  readonly opened?: boolean;
  readonly done?: () => void;
}

export function NewThread({ change, label, at, opened = false, done }: NewProps) {
  const [isOpen, open] = useState(opened);
  const [thread, setThread] = useState(() => crypto.randomUUID());
  if (change.outcome !== null && !opened) return null;
  if (!isOpen) {
    return (
      <Button
        variant="light"
        size="compact-md"
        onClick={() => open(true)}
        style={{ alignSelf: 'flex-start' }}
      >
        {label}
      </Button>
    );
  }
  const close = () => {
    open(false);
    setThread(crypto.randomUUID());
    done?.();
  };
  return (
    <Writing change={change} label={label} trigger="thread.open" data={{ thread, ...at }} done={close} />
  );
}

interface WritingProps {
  readonly change: ChangeDocument;
  readonly label: string;
  readonly trigger: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly done: () => void;
}

function Writing({ change, label, trigger, data, done }: WritingProps) {
  const [text, setText] = useState('');
  const act = useAct();
  const send = () =>
    act.mutate({ change: change.id, trigger, data: { ...data, text: text.trim() } }, { onSuccess: done });
  return (
    <Stack gap="xs">
      <Textarea
        label={label}
        autosize
        minRows={2}
        value={text}
        data-autofocus
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {act.isError && <Refused message={act.error.message} />}
      <Group gap="xs">
        <Button size="compact-md" loading={act.isPending} disabled={text.trim() === ''} onClick={send}>
          Send
        </Button>
        <Button size="compact-md" variant="default" onClick={done}>
          Cancel
        </Button>
      </Group>
    </Stack>
  );
}

const Refused = ({ message }: { readonly message: string }) => (
  <Alert color="red" role="alert">
    {message}
  </Alert>
);
