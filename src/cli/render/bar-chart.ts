import { printable } from '../../formats/printable.ts';
import { displayWidth, pad, truncate } from './display-width.ts';
import type { Paint } from './paint.ts';

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly count: number;
}

/** Cells of the longest bar at most: more says nothing more. */
const LONGEST = 40;
/** Cells of the labels at most. */
const LABEL = 36;
/** A cell filled from the left by 1 to 7 eighths. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar chart, one line per bar: label, bar, count; the longest bar fills the width. */
export function barChart(bars: readonly Bar[], width: number, paint: Paint): string {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const labels = bars.map((bar) => printable(bar.label));
  const counts = bars.map((bar) => bar.count.toLocaleString('en-US'));
  const countWidth = Math.max(0, ...counts.map((text) => text.length));
  const labelWidth = Math.min(LABEL, Math.floor(width / 2), Math.max(0, ...labels.map(displayWidth)));
  const room = Math.max(1, Math.min(LONGEST, width - labelWidth - countWidth - 6));
  const lines = bars.map((bar, index) => {
    const label = pad(truncate(labels[index] ?? '', labelWidth), labelWidth, 'right');
    const count = pad(counts[index] ?? '', countWidth, 'left');
    return `  ${label}  ${count}  ${paint.good(barText((bar.count / most) * room))}\n`;
  });
  return lines.join('');
}

/** A bar of that many cells; a count that is not 0 shows at least an eighth. */
function barText(cells: number): string {
  const eighths = cells === 0 ? 0 : Math.max(1, Math.round(cells * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
