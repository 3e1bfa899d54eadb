/** What others do to the change while one looks at it, said to those who hear the page instead of seeing it move. */
import { useEffect, useRef, useState } from 'react';
import type { TransitionDocument } from '../../data/documents.ts';
import { useSignedIn } from '../../data/session.ts';
import type { Titles } from '../../data/words.ts';
import { told } from './telling.ts';

export function News(props: {
  readonly rows: readonly TransitionDocument[] | undefined;
  readonly titles: Titles;
}) {
  const { rows, titles } = props;
  const { principal } = useSignedIn();
  const heard = useRef<number | null>(null);
  const [text, say] = useState('');
  useEffect(() => {
    if (rows === undefined) return;
    const before = heard.current;
    heard.current = rows.at(-1)?.seq ?? 0;
    if (before === null) return;
    const news = rows.filter(({ seq, principal: by }) => seq > before && by !== principal);
    if (news.length > 0) say(news.map((row) => sentence(row, titles)).join(' '));
  }, [rows, principal, titles]);
  return (
    <div className="sr-only" role="status">
      {text}
    </div>
  );
}

function sentence(row: TransitionDocument, titles: Titles): string {
  const { text, to } = told(row, titles);
  const who = row.principal_kind === 'system' ? '' : `${row.principal} `;
  return `${who}${text}${to === null ? '' : `: now ${to}`}.`;
}
