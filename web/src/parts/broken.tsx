/** A screen that breaks says so and leaves the rest of the page standing. */
import { Alert, Button, Stack } from '@mantine/core';
import { Component, type ReactNode } from 'react';

export class Broken extends Component<{ readonly children: ReactNode }, { readonly message: string | null }> {
  override state = { message: null };

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.message === null) return this.props.children;
    return (
      <Alert color="red" title="This screen has failed" role="alert">
        <Stack align="flex-start" gap="sm">
          {this.state.message}
          <Button size="xs" variant="default" onClick={() => location.reload()}>
            Load the page again
          </Button>
        </Stack>
      </Alert>
    );
  }
}
