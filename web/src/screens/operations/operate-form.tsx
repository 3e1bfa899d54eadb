/** The question before something is done to timers: when, or whom, and why; and which of them it was not done to. */
import { Alert, Button, Group, List, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TimerDocument } from '../../data/documents.ts';
import { tell } from '../../parts/answered.ts';
import { Form } from '../../parts/form.tsx';
import { ReasonField, Refusal } from '../../parts/reason.tsx';
import { timerName } from '../work/reasons.ts';
import { type NotDone, type Operation, useOperate } from './operate.ts';

export const OPERATIONS: Readonly<Record<Operation, { readonly label: string; readonly about: string }>> = {
  snooze: { label: 'Snooze', about: 'It rings at another time.' },
  fire: { label: 'Fire now', about: 'It goes on as if the time had come.' },
  retarget: { label: 'Ask somebody else', about: 'When it rings, another role is asked or reminded.' },
  cancel: { label: 'Cancel timer', about: 'It does not ring. The change stays where it is.' },
};

const HOUR_MS = 3_600_000;
const LATER = [
  { label: '1 hour', ms: HOUR_MS },
  { label: '1 day', ms: 24 * HOUR_MS },
  { label: '1 week', ms: 7 * 24 * HOUR_MS },
];

interface Props {
  readonly operation: Operation;
  readonly timers: readonly TimerDocument[];
  readonly titleOf: (change: string) => string;
  readonly close: () => void;
}

export function OperateForm({ operation, timers, titleOf, close }: Props) {
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState(() => localTime(Date.now() + HOUR_MS));
  const [role, setRole] = useState('');
  const [how, setHow] = useState<'escalate' | 'remind'>('escalate');
  const [notDone, setNotDone] = useState<readonly NotDone[]>([]);
  const operate = useOperate();
  const { label, about } = OPERATIONS[operation];
  const isReady =
    reason.trim() !== '' &&
    (operation !== 'snooze' || !Number.isNaN(Date.parse(until))) &&
    (operation !== 'retarget' || role.trim() !== '');
  const submit = () => {
    const more = {
      ...(operation === 'snooze' && { until: new Date(until).toISOString() }),
      ...(operation === 'retarget' && { [how]: role.trim() }),
    };
    const order = { operation, timers, reason: reason.trim(), ...more };
    void operate.mutateAsync(order).then((report) => {
      if (report.done > 0) tell(`${label}: ${counted(report.done)} done.`, 'teal');
      setNotDone(report.notDone);
      if (report.notDone.length === 0) close();
    });
  };
  return (
    <Form send={submit}>
      <Text size="sm" c="dimmed">
        {timers.length === 1 && timers[0]
          ? `${timerName(timers[0].name)}: ${titleOf(timers[0].change)}. ${about}`
          : `${counted(timers.length)}. ${about}`}
      </Text>
      {operation === 'snooze' && <Until value={until} set={setUntil} />}
      {operation === 'retarget' && (
        <Stack gap="xs">
          <SegmentedControl
            aria-label="What happens when it rings"
            value={how}
            onChange={(next) => setHow(next as typeof how)}
            data={[
              { value: 'escalate', label: 'May act from then on' },
              { value: 'remind', label: 'Is reminded' },
            ]}
          />
          <TextInput
            label="Role"
            description="A role of the workflow."
            required
            value={role}
            onChange={(event) => setRole(event.currentTarget.value)}
          />
        </Stack>
      )}
      <ReasonField value={reason} set={setReason} />
      <Refusal error={operate.error} />
      {notDone.length > 0 && <Refusals of={notDone} titleOf={titleOf} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {notDone.length > 0 ? 'Close' : 'Back'}
        </Button>
        <Button type="submit" loading={operate.isPending} disabled={!isReady}>
          {label}
        </Button>
      </Group>
    </Form>
  );
}

function Until({ value, set }: { readonly value: string; readonly set: (time: string) => void }) {
  return (
    <Stack gap="xs">
      <TextInput
        type="datetime-local"
        label="Until"
        required
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <Group gap="xs">
        {LATER.map(({ label, ms }) => (
          <Button
            key={label}
            size="compact-sm"
            variant="default"
            onClick={() => set(localTime(Date.now() + ms))}
          >
            In {label}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}

function Refusals({ of, titleOf }: { readonly of: readonly NotDone[] } & Pick<Props, 'titleOf'>) {
  return (
    <Alert color="red" role="alert" title={`${counted(of.length)} not done`}>
      <List size="sm" spacing={4} mah={220} style={{ overflow: 'auto' }}>
        {of.map(({ timer, why }) => (
          <List.Item key={`${timer.change} ${timer.name}`}>
            {titleOf(timer.change)}: {why}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

const counted = (count: number) => `${count} ${count === 1 ? 'timer' : 'timers'}`;

/** As `datetime-local` has it: this browser's time zone, to the minute. */
function localTime(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
