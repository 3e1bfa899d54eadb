/** The rows of the board: thousands of them are a few dozen elements, moved along as one scrolls. */
import { Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { ChangeSummary } from '../../data/documents.ts';
import { ChangeState, When, Who } from '../../parts/small.tsx';

const WIDE = { height: 60, columns: 'minmax(0, 1fr) minmax(160px, 300px) minmax(110px, 170px) 90px' };
const NARROW = { height: 96, columns: 'minmax(0, 1fr)' };

export function Rows({ changes }: { readonly changes: readonly ChangeSummary[] }) {
  const isWide = useMediaQuery('(min-width: 900px)', true, { getInitialValueInEffect: false });
  const { height, columns } = isWide ? WIDE : NARROW;
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: changes.length,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (place) => changes[place]?.id ?? place,
  });
  return (
    <div ref={list} className="surface" style={{ overflow: 'hidden' }}>
      <ul
        aria-label="Changes"
        style={{
          height: rows.getTotalSize(),
          position: 'relative',
          margin: 0,
          padding: 0,
          listStyle: 'none',
        }}
      >
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const change = changes[index];
          if (change === undefined) return null;
          return (
            <li
              key={key}
              aria-setsize={changes.length}
              aria-posinset={index + 1}
              style={{
                position: 'absolute',
                insetInline: 0,
                height,
                transform: `translateY(${start - top}px)`,
              }}
            >
              <Row change={change} columns={columns} isWide={isWide} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Row({
  change,
  columns,
  isWide,
}: {
  readonly change: ChangeSummary;
  readonly columns: string;
  readonly isWide: boolean;
}) {
  const origin = change.key === null ? change.project : `${change.project} · ${change.key}`;
  return (
    <Link
      to={`/changes/${change.id}`}
      className="row-link"
      style={{ gridTemplateColumns: columns, gap: isWide ? 12 : 2, alignContent: 'center' }}
    >
      <span style={{ minWidth: 0 }}>
        <Text component="span" fw={600} size="sm" className="cut block" title={change.title}>
          {change.title}
        </Text>
        {isWide && (
          <Text component="span" size="xs" c="dimmed" className="cut block">
            {origin}
          </Text>
        )}
      </span>
      <span className="cut">
        <ChangeState change={change} isCut />
      </span>
      {isWide ? (
        <>
          <Text component="span" size="sm" className="cut">
            <Who name={change.author} kind={change.author_kind} />
          </Text>
          <Text component="span" size="xs" c="dimmed" ta="right">
            <When time={change.updated_at} />
          </Text>
        </>
      ) : (
        <Text component="span" size="xs" c="dimmed" className="cut">
          {origin}, {change.author}, <When time={change.updated_at} />
        </Text>
      )}
    </Link>
  );
}
