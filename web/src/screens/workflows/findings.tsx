/** What the check of a workflow found; the way that shows a defect is played in the chart, step by step. */
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { walk } from '../../chart/walk.ts';
import type { Definition } from '../../data/documents.ts';
import { spelled } from '../../data/words.ts';

export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly repair: string | null;
  /** What happens, from the start: `submit`, `after 24h`. */
  readonly trace: readonly string[];
}

/** What of the chart is lit at one step of a trace. */
export interface Step {
  readonly places: readonly string[];
  readonly arrows: readonly (readonly [string, string])[];
}

const STEP_MS = 900;

/** Findings are kept as the check said them; what is not there is not shown. */
export function findingsOf(kept: unknown): readonly Finding[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null) return [];
    const { code, severity, message, trace, repair } = each as Record<string, unknown>;
    const steps = Array.isArray(trace) ? trace.filter((step) => typeof step === 'string') : [];
    return [
      {
        code: String(code ?? ''),
        severity: String(severity ?? 'warning'),
        message: String(message ?? ''),
        repair: typeof repair === 'string' ? repair : null,
        trace: steps,
      },
    ];
  });
}

/** The chart may be above the window when its film begins. */
function showChart(): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document
    .querySelector('main .chart')
    ?.scrollIntoView({ block: 'nearest', behavior: isCalm ? 'auto' : 'smooth' });
}

interface Props {
  readonly definition: Definition;
  readonly findings: readonly Finding[];
  readonly play: (step: Step | null) => void;
}

export function Findings({ definition, findings, play }: Props) {
  if (findings.length === 0) {
    return <Text size="sm">Nothing: every change can come to an end, and every part can be of use.</Text>;
  }
  return (
    <Stack gap="md">
      {findings.map((finding) => (
        <div key={`${finding.code} ${finding.message}`}>
          <Group gap={6}>
            <Badge color={finding.severity === 'error' ? 'red' : 'yellow'}>{finding.severity}</Badge>
            <Text size="xs" c="dimmed">
              {spelled(finding.code.toLowerCase())}
            </Text>
          </Group>
          <Text size="sm" mt={4}>
            {finding.message}
          </Text>
          {finding.repair !== null && (
            <Text size="sm" c="dimmed">
              {finding.repair}
            </Text>
          )}
          {finding.trace.length > 0 && <Player definition={definition} trace={finding.trace} play={play} />}
        </div>
      ))}
    </Stack>
  );
}

type PlayerProps = Omit<Props, 'findings'> & { readonly trace: readonly string[] };

function Player({ definition, trace, play }: PlayerProps) {
  const [at, setAt] = useState<number | null>(null);
  const walked = useMemo(() => walk(definition, trace), [definition, trace]);
  const last = walked.places.length - 1;
  const start = () => {
    setAt(0);
    showChart();
  };
  useEffect(() => {
    if (at === null) return;
    play({
      places: walked.places[at] ?? [],
      arrows: at === last ? walked.arrows : walked.arrows.slice(0, at),
    });
    if (at >= last) return;
    const timer = setTimeout(() => setAt(at + 1), STEP_MS);
    return () => clearTimeout(timer);
  }, [at, last, walked, play]);
  return (
    <Stack gap={4} mt={6} align="flex-start">
      <Text size="xs" c="dimmed">
        The way there: {trace.join(', then ')}
      </Text>
      {last > 0 && (
        <Group gap="xs">
          <Button size="compact-sm" variant="light" onClick={start}>
            Play it in the chart
          </Button>
          {at !== null && (
            <Text size="xs" c="dimmed" role="status">
              Step {at} of {last}
              {at === last && !walked.isWhole && '; the rest happens inside the chart’s states'}
            </Text>
          )}
        </Group>
      )}
    </Stack>
  );
}
