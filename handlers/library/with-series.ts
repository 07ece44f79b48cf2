import type { LinkRow, RecordUnit } from '../../src/ports/handler.ts';

/** The unit with further series and platforms of its sample among the links; those it has already stay single. */
export function withSeries(
  unit: RecordUnit,
  key: string,
  series: readonly string[],
  platforms: readonly string[],
): RecordUnit {
  const known = new Set(unit.links.map((link) => `${link.key} ${link.alias} ${link.kind}`));
  const more: LinkRow[] = [
    ...series.map((alias): LinkRow => ({ key, alias, kind: 'series' })),
    ...platforms.map((alias): LinkRow => ({ key, alias, kind: 'platform' })),
  ].filter((link) => !known.has(`${link.key} ${link.alias} ${link.kind}`));
  return more.length === 0 ? unit : { ...unit, links: [...unit.links, ...more] };
}
