/** What stands where there is nothing to show: not yet, nothing there, or it failed; each in one manner everywhere. */
import { Alert, Button, Center, Loader, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from '../data/api.ts';

export function Loading({ what }: { readonly what: string }) {
  return (
    <Center mih={160} role="status">
      <Loader size="sm" type="dots" />
      <span className="sr-only">Loading {what}</span>
    </Center>
  );
}

export function Bones({ rows = 3, height = 84 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bones are all alike
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </Stack>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Center mih={220}>
      <Stack align="center" gap={6} maw={420} px="md">
        <Title order={2} size="h4" ta="center">
          {title}
        </Title>
        <Text c="dimmed" ta="center" size="sm">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}

export function Failed({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const hint = error instanceof Problem ? error.hint : null;
  return (
    <Alert
      color="red"
      variant="light"
      title={error instanceof Error ? error.message : String(error)}
      role="alert"
    >
      <Stack align="flex-start" gap="sm">
        {hint}
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** A question and its three answers. What was once shown stays, while it is asked again. */
export function Answer<T>(props: {
  readonly of: UseQueryResult<T>;
  readonly bones?: ReactNode;
  readonly children: (data: T) => ReactNode;
}) {
  const { of, bones = <Bones />, children } = props;
  if (of.data !== undefined) return children(of.data);
  if (of.isError) return <Failed error={of.error} again={() => void of.refetch()} />;
  return bones;
}
