/** Cells that a column is not made narrower than, unless its content is. */
const LEAST = 6;
/** Blanks between columns. */
export const GAP = 2;

/**
 * Widths with which the columns fit: the widest ones give way first. Columns that do not fit even at their least
 * width are left out from the end; the first is always shown. Pure.
 */
export function fitColumns(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  while (widths.length > 1 && total(widths.map((width) => Math.min(width, LEAST))) > available) widths.pop();
  let excess = total(widths) - available;
  while (excess > 0) {
    const widest = Math.max(...widths);
    const floor = Math.max(LEAST, ...widths.filter((width) => width < widest));
    const indexes = widths.flatMap((width, index) => (width === widest ? [index] : []));
    if (widest <= LEAST) break;
    const cut = Math.min(widest - floor, Math.ceil(excess / indexes.length)) || 1;
    for (const index of indexes) {
      const step = Math.min(cut, excess, widest - LEAST);
      widths[index] = widest - step;
      excess -= step;
    }
  }
  return widths;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}
