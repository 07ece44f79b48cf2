/** Cells that a column is not made narrower than, unless its content is: enough for an accession. */
const LEAST = 12;
/** The same for the first column, which names the row. */
const LEAST_FIRST = 24;
/** Blanks between columns. */
export const GAP = 2;

/**
 * Widths with which the columns fit: the widest ones give way first. Columns that do not fit even at their least
 * width are left out from the end; the first is always shown. Pure.
 */
export function fitColumns(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  const least = natural.map((width, index) => Math.min(width, index === 0 ? LEAST_FIRST : LEAST));
  while (widths.length > 1 && total(least.slice(0, widths.length)) > available) widths.pop();
  if (widths.length === 1) return [Math.min(widths[0] ?? 0, available)];
  let excess = total(widths) - available;
  while (excess > 0) {
    const shrinkable = widths.map((width, index) => (width > (least[index] ?? 0) ? width : 0));
    const widest = Math.max(...shrinkable);
    const next = Math.max(0, ...shrinkable.filter((width) => width < widest));
    for (const [index, width] of shrinkable.entries()) {
      if (width !== widest || excess <= 0) continue;
      const floor = Math.max(next, least[index] ?? 0);
      const sharers = shrinkable.filter((other) => other === widest).length;
      const step = Math.min(width - floor, Math.max(1, Math.ceil(excess / sharers)), excess);
      widths[index] = width - step;
      excess -= step;
    }
  }
  return widths;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}
