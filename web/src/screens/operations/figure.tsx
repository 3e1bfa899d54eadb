/** One figure with its name, and figures side by side. */
import { SimpleGrid, Text } from '@mantine/core';

export function Figures({ children }: { readonly children: React.ReactNode }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      {children}
    </SimpleGrid>
  );
}

export function Figure(props: {
  readonly name: string;
  readonly value: React.ReactNode;
  readonly note?: React.ReactNode;
  readonly isBad?: boolean;
}) {
  const { name, value, note, isBad = false } = props;
  return (
    <div className="surface" style={{ padding: '12px 16px' }}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={600} className="tabular" c={isBad ? 'var(--bad)' : undefined}>
        {value}
      </Text>
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </div>
  );
}
