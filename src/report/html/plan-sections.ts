/** The plan: speed, area and traffic, the tables of units and FIFOs, the picture of the network, roofline and Pareto front. All planned. */
import type { Plan } from '../../plan/plan-types.js';
import { areaTable, channelTable, speedTable, trafficTable, unitTable } from '../plan-report.js';
import type { TableData } from '../table.js';
import { frontCharts } from './front-chart.js';
import { networkPicture } from './network-picture.js';
import { type Part, type Section, tablePart, text } from './parts.js';
import { rooflineChart } from './roofline-chart.js';

/** Tables. */
export function planSection(plan: Plan): Section {
  const titled = (data: TableData, title: string, first: string) => tablePart({ ...data, title, first });
  return {
    id: 'plan',
    title: 'Plan',
    parts: [
      text(`SHA-256 of the plan: ${plan.digest}`),
      ...plan.notes.map(text),
      titled(speedTable(plan), 'Speed', ''),
      titled(areaTable(plan), 'Area against the device and the planner’s margin', ''),
      titled(trafficTable(plan), 'Memory traffic', ''),
      titled(unitTable(plan), `Units: ${plan.processes.length} processes`, 'process'),
      titled(channelTable(plan), `Floor of FIFOs: ${plan.channels.length} channels`, 'FIFO'),
    ],
  };
}

/** The picture. */
export async function networkSection(plan: Plan, binding: readonly string[]): Promise<Section> {
  return {
    id: 'network',
    title: 'Process network',
    parts: [{ kind: 'figure', ...(await networkPicture(plan, binding)) }],
  };
}

/** The charts. */
export function limitsSection(plan: Plan): Section {
  const front: Part[] = plan.front?.length
    ? frontCharts(plan.front).map((picture) => ({ kind: 'figure', ...picture }))
    : [text(`No Pareto front: the shape of preset ${plan.preset} comes without one.`)];
  return {
    id: 'limits',
    title: 'Limits and alternatives',
    parts: [{ kind: 'figure', ...rooflineChart(plan) }, ...front],
  };
}
