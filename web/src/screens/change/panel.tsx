/** One thing that is told of a change, under its heading. */
import { Card } from '@mantine/core';
import type { ReactNode } from 'react';
import { SectionTitle } from '../../parts/small.tsx';

export function Panel(props: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Card component="section" aria-label={props.title}>
      <SectionTitle aside={props.aside}>{props.title}</SectionTitle>
      {props.children}
    </Card>
  );
}
