/** Timelines of one token and of a prompt through a layer: who works when, and who waits for what. */
import { boundOf } from '../../plan/time/speed.js';
import type { TimedCall } from '../../plan/time/timing.js';
import type { Timeline } from '../../plan/timeline/timeline.js';
import { count, percent } from '../table.js';
import { boundClause } from './bounds.js';
import type { PageData } from './page-data.js';
import { heading, type Part, type Section, tablePart, text } from './parts.js';
import { timelineGroups, waitText } from './timeline-rows.js';

/** The section: a picture and a folded table for each call. */
export function timelineSection({ plan, calls, timelines }: PageData): Section {
  const chunks = timelines.prefill.call.tokens / plan.shape.chunkTokens;
  const long = `A prompt of ${count(timelines.prefill.call.tokens)} tokens, ${chunks} chunks, with its start and its end`;
  return {
    id: 'timelines',
    title: 'Timelines of a layer',
    parts: [
      ...callParts('Decode', 'One token', calls.decode, timelines.decode, plan),
      ...callParts('Prefill', long, calls.prefill[1], timelines.prefill, plan),
    ],
  };
}

function callParts(
  name: string,
  what: string,
  call: TimedCall,
  timeline: Timeline,
  plan: PageData['plan'],
): Part[] {
  const { cycles, binCycles } = timeline;
  const bound = boundOf(call);
  const micros = cycles / plan.device.clockMHz;
  const length = `${count(cycles)} cycles`;
  return [
    heading(name),
    text(`${what}: ${length}, ${count(micros)} µs. Here ${boundClause(bound)}.`),
    {
      kind: 'timeline',
      groups: timelineGroups(timeline, plan, bound.name),
      bins: Math.ceil(cycles / binCycles),
      binCycles,
      ends: length,
      label: `Timeline of ${name.toLowerCase()}, ${length}`,
      caption: `Time runs to the right; in every column, ${count(binCycles)} cycles wide, the height of a colour is the share of these cycles. The busiest of each stage are drawn, without those that only pass words on; the table has every process.`,
      figures: 'planned',
    },
    tablePart(processTable(name, timeline)),
  ];
}

function processTable(name: string, { processes, cycles }: Timeline) {
  const right = { align: 'right' } as const;
  const heads = ['busy', 'waits for words', 'for room', 'for memory'];
  return {
    title: `Every process in ${name.toLowerCase()}, shares of ${count(cycles)} cycles`,
    first: 'process',
    figures: 'planned' as const,
    columns: [...heads.map((head) => ({ head, ...right })), { head: 'longest waits' }],
    rows: processes.map(({ process, busyCycles, waits }) => [
      process,
      percent(busyCycles / cycles),
      ...(['word', 'room', 'memory'] as const).map((kind) =>
        percent(waits.reduce((sum, wait) => sum + (wait.kind === kind ? wait.cycles : 0), 0) / cycles),
      ),
      waits
        .slice(0, 3)
        .map((wait) => waitText(wait, cycles))
        .join(', '),
    ]),
  };
}
