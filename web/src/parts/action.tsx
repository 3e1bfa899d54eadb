/** Doing something to a change: one button for what may be done, a question for the reason, the answer where it was refused. */
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useAct } from '../data/act.ts';
import type { ChangeDocument } from '../data/documents.ts';
import { spelled } from '../data/words.ts';

type Enabled = ChangeDocument['enabled'][number];

/** What the caller may do now; the same trigger by several ways is one action. */
export function possible(change: ChangeDocument): readonly Enabled[] {
  const seen = new Set<string>();
  const found = change.enabled.filter(({ trigger, for: whom, refusal }) => {
    const key = `${trigger}\n${whom ?? ''}`;
    if (refusal !== null || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return [...found].sort((a, b) => weight(a.trigger) - weight(b.trigger));
}

/** What brings a change on stands first, what ends it last. */
const HARSH = /reject|decline|withdraw|block|cancel|fail|veto|_bad$|^no$/;
const BACK = /request|rework|revert|reopen/;
const weight = (trigger: string) => (HARSH.test(trigger) ? 2 : BACK.test(trigger) ? 1 : 0);

export function ActionButton({
  change,
  action,
  first,
}: {
  readonly change: ChangeDocument;
  readonly action: Enabled;
  readonly first: boolean;
}) {
  const [opened, { open, close }] = useDisclosure();
  const isHarsh = HARSH.test(action.trigger);
  const label =
    action.for === null ? spelled(action.trigger) : `${spelled(action.trigger)} for ${action.for}`;
  return (
    <>
      <Button
        size="sm"
        variant={isHarsh || !first ? 'default' : 'filled'}
        c={isHarsh ? 'var(--bad)' : undefined}
        onClick={open}
      >
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={`${label}: ${change.title}`} centered>
        <ActionForm change={change} action={action} label={label} close={close} />
      </Modal>
    </>
  );
}

function ActionForm(props: {
  readonly change: ChangeDocument;
  readonly action: Enabled;
  readonly label: string;
  readonly close: () => void;
}) {
  const { change, action, label, close } = props;
  const [reason, setReason] = useState('');
  const act = useAct();
  const isRequired = action.reason === 'required';
  const submit = () => {
    const sent = {
      change: change.id,
      trigger: action.trigger,
      version: change.version,
      reason: reason.trim(),
    };
    act.mutate(
      { ...sent, for: action.for ?? undefined },
      {
        onSuccess: () => {
          notifications.show({ message: `${label}: done.`, color: 'teal' });
          close();
        },
      },
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {action.from === action.to
            ? 'Your vote is added; the change stays where it is until enough have voted.'
            : `${spelled(action.from)} → ${spelled(action.to)}`}
        </Text>
        <Textarea
          data-autofocus
          label="Reason"
          description="Stands in the history for good, with your name."
          autosize
          minRows={3}
          required={isRequired}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {act.isError && (
          <Alert color="red" role="alert">
            {act.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={act.isPending} disabled={isRequired && reason.trim() === ''}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
