/** Short messages in the corner, and what came of decisions that an earlier page had left in the queue. */
import { notifications } from '@mantine/notifications';
import type { Done, KeyedEvent } from '../../../src/client/index.ts';
import { spelled } from '../data/words.ts';

export function tell(message: string, color: 'teal' | 'red' | 'yellow'): void {
  notifications.show({ message, color, autoClose: color === 'teal' ? 4_000 : false });
}

export function tellAnswer({ trigger }: KeyedEvent, answer: Done | Error): void {
  const what = `${spelled(trigger)}, which had waited for the server`;
  if (answer instanceof Error) tell(`${what}, was not done: ${answer.message}`, 'red');
  else tell(`${what}: done.`, 'teal');
}
