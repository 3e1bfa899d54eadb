/** What all questions before a decision share: why, and what the server said against it. */
import { Alert, Textarea } from '@mantine/core';

export function ReasonField(props: {
  readonly value: string;
  readonly set: (reason: string) => void;
  /** Where the words will stand. */
  readonly description?: string;
  readonly required?: boolean;
  readonly minRows?: number;
}) {
  const { value, set, required = true, minRows = 2 } = props;
  const { description = 'Stands in the history for good, with your name.' } = props;
  return (
    <Textarea
      data-autofocus
      label="Reason"
      description={description}
      autosize
      minRows={minRows}
      required={required}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

export function Refusal({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <Alert color="red" role="alert">
      {error.message}
    </Alert>
  );
}
