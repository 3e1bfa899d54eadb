/** Fields one below the other, sent by a button or by Enter, without the browser leaving the page. */
import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';

export function Form({ send, children }: { readonly send: () => void; readonly children: ReactNode }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="md">{children}</Stack>
    </form>
  );
}
