/** What a page is made of, as data: the templates in report-templates/ only place it, and escape every text. */

import type { Column, Figures, TableData } from '../table.js';
import type { TimelineGroup } from './timeline-rows.js';

/** A table whose figures are all of one kind, or each column of its own. */
export interface PageTable extends Omit<TableData, 'figures' | 'columns'> {
  readonly figures?: Figures;
  /** Head of the names. */
  readonly first?: string;
  readonly columns: readonly (Column & { readonly figures?: Figures })[];
}

/** A figure with its label, and the shares that explain it. */
export interface Card {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly figures: Figures;
  readonly note: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly name: string;
  readonly share: number;
  readonly text: string;
  readonly tone: 'binds' | 'plain';
  /** A mark on it, as a share. */
  readonly limit?: number;
}

/** Who works when, in rows. */
export interface TimelinePicture {
  readonly groups: readonly TimelineGroup[];
  readonly bins: number;
  readonly binCycles: number;
  /** Text at the end of the time axis. */
  readonly ends: string;
  readonly label: string;
  readonly caption: string;
  readonly figures: Figures;
}

export interface Picture {
  readonly svg: string;
  /** For those who do not see it. */
  readonly label: string;
  readonly caption: string;
  readonly figures: Figures;
  readonly shape: 'chart' | 'map';
}

export type Part =
  | { readonly kind: 'heading' | 'text'; readonly text: string }
  | { readonly kind: 'remark'; readonly text: string; readonly tone: 'good' | 'bad' | 'plain' }
  /** Something that is not there, and the command that makes it. */
  | { readonly kind: 'command'; readonly text: string; readonly command: string }
  | { readonly kind: 'cards'; readonly cards: readonly Card[] }
  /** Folded: its title is what shows. */
  | { readonly kind: 'table'; readonly table: PageTable }
  | ({ readonly kind: 'figure' } & Picture)
  | ({ readonly kind: 'timeline' } & TimelinePicture);

export interface Section {
  /** Of the heading, for links within the page. */
  readonly id: string;
  readonly title: string;
  readonly parts: readonly Part[];
}

export const text = (value: string): Part => ({ kind: 'text', text: value });
export const heading = (value: string): Part => ({ kind: 'heading', text: value });
export const tablePart = (table: PageTable): Part => ({ kind: 'table', table });
