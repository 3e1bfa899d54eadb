/** Doing something to a change: one button for what may be done, a question for the reason, the answer where it was refused. */
import { Alert, Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useAct } from '../data/act.ts';
import type { ChangeDocument } from '../data/documents.ts';
import { useLive } from '../data/live.ts';
import { useTitles } from '../data/titles.ts';
import { placeText, spelled } from '../data/words.ts';
import { tell } from './answered.ts';
import { Form } from './form.tsx';
import { ReasonField, Refusal } from './reason.tsx';

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
  const titles = useTitles(change);
  const isAway = useLive().status === 'waiting';
  const isOpen = useIsOpen();
  const isRequired = action.reason === 'required';
  const submit = () => {
    const sent = {
      change: change.id,
      trigger: action.trigger,
      version: change.version,
      reason: reason.trim(),
    };
    act.mutateAsync({ ...sent, for: action.for ?? undefined }).then(
      () => {
        tell(`${label}: done.`, 'teal');
        if (isOpen.current) close();
      },
      (error: Error) => {
        if (!isOpen.current) tell(`${label} was not done: ${error.message}`, 'red');
      },
    );
  };
  return (
    <Form send={submit}>
      <Text size="sm" c="dimmed">
        {action.from === action.to
          ? 'Your vote is added; the change stays where it is until enough have voted.'
          : `${capital(placeText(action.from, titles))} → ${capital(placeText(action.to, titles))}`}
      </Text>
      <ReasonField value={reason} set={setReason} required={isRequired} minRows={3} />
      {isAway && (
        <Alert color="yellow" role="status">
          {act.isPending
            ? 'Kept in this browser. It is sent as soon as the server is back, even when you close the page.'
            : 'The server is away. What you decide now is kept in this browser and sent when it is back.'}
        </Alert>
      )}
      <Refusal error={act.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {act.isPending ? 'Close' : 'Cancel'}
        </Button>
        <Button
          type="submit"
          color={HARSH.test(action.trigger) ? 'red' : undefined}
          loading={act.isPending}
          disabled={isRequired && reason.trim() === ''}
        >
          {label}
        </Button>
      </Group>
    </Form>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether the form still stands when an answer comes: a decision that waits for the server may outlive it. */
function useIsOpen() {
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  return isOpen;
}
