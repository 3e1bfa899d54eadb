/** What stands where there is nothing to show: not yet, nothing there, or it failed; each in one manner everywhere. */
import { Alert, Button, Center, Loader, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Problem } from '../data/api.ts';
import { PageTitle } from './small.tsx';

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

export function Empty(props: {
  readonly title: string;
  /** Where it is the only heading of its page. */
  readonly isScreen?: boolean;
  readonly children?: ReactNode;
}) {
  const { title, isScreen = false, children } = props;
  return (
    <Center mih={220}>
      <Stack align="center" gap={6} maw={420} px="md">
        <Title order={isScreen ? 1 : 2} size="h4" ta="center">
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
  const isFinal = error instanceof Problem && [403, 404].includes(error.status);
  return (
    <Alert
      color="red"
      variant="light"
      title={error instanceof Error ? error.message : String(error)}
      role="alert"
      className="failed"
    >
      <Stack align="flex-start" gap="sm">
        {hint}
        {again && !isFinal && (
          <Button size="xs" variant="default" onClick={again}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What a whole screen shows while there is nothing of it yet: a heading it has in any case, and the way out of a dead end. */
export function Screen<T>(props: {
  readonly of: UseQueryResult<T>;
  /** What it is: `change`, `workflow`. */
  readonly what: string;
  readonly bones: ReactNode;
  readonly children: (data: T) => ReactNode;
}) {
  const { of, what, bones, children } = props;
  if (of.data !== undefined) return children(of.data);
  if (!of.isError)
    return (
      <>
        <h1 className="sr-only">Loading the {what}</h1>
        {bones}
      </>
    );
  const isMissing = of.error instanceof Problem && of.error.status === 404;
  return (
    <Stack gap="lg" maw={720}>
      <PageTitle>{isMissing ? `There is no such ${what}` : `The ${what} cannot be shown`}</PageTitle>
      {isMissing ? (
        <Text>The address may be wrong, or it is in a project or a tenant that you may not see.</Text>
      ) : (
        <Failed error={of.error} again={() => void of.refetch()} />
      )}
      <Text size="sm">
        <Link to={what === 'workflow' ? '/workflows' : '/changes'}>All {what}s</Link>
      </Text>
    </Stack>
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
