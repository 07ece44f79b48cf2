import type { CellineError, HandlerContext } from '../../src/ports/handler.ts';
import { asCellineError } from '../fetch/as-celline-error.ts';
import { familyOf, type GeoAnswer, geoRecord } from '../fetch/geo-text.ts';
import type { GeoSample } from '../ncbi/geo-record.ts';

/** A sample whose text is wanted, with a series that holds it when one is known. */
export interface WantedText {
  readonly id: string;
  readonly series: string | null;
}

/** GEO's text of samples. */
export interface SampleTexts {
  readonly samples: ReadonlyMap<string, GeoSample>;
  /** SuperSeries among the series that were read. */
  readonly superSeries: ReadonlySet<string>;
  /** What GEO's page said of samples that it does not give. */
  readonly refused: ReadonlyMap<string, Extract<GeoAnswer, { found: false }>['verdict']>;
  readonly failed: ReadonlyMap<string, CellineError>;
}

/**
 * Fetches GEO's text: one family file for a series of which more than one sample is wanted, one page for a sample that is
 * alone (1 request a sample at 3 a second makes the file cheaper from the second sample on).
 */
export async function samplesOfSeries(wanted: readonly WantedText[], context: HandlerContext): Promise<SampleTexts> {
  const texts = {
    samples: new Map<string, GeoSample>(),
    superSeries: new Set<string>(),
    refused: new Map<string, Extract<GeoAnswer, { found: false }>['verdict']>(),
    failed: new Map<string, CellineError>(),
  };
  for (const [series, members] of bySeries(wanted)) {
    if (series === null || members.length === 1) continue;
    try {
      const ids = new Set(members.map((member) => member.id));
      for await (const entity of familyOf(series, context)) {
        if (entity.type === 'series') {
          for (const above of entity.series.superSeries) texts.superSeries.add(above);
          if (entity.series.subSeries.length > 0) texts.superSeries.add(entity.series.accession);
        }
        if (entity.type === 'sample' && ids.has(entity.sample.accession))
          texts.samples.set(entity.sample.accession, entity.sample);
      }
    } catch (cause) {
      const error = asCellineError(cause);
      for (const member of members) if (!texts.samples.has(member.id)) texts.failed.set(member.id, error);
    }
  }
  const alone = wanted.filter((one) => !texts.samples.has(one.id) && !texts.failed.has(one.id));
  for (const { id } of alone) {
    try {
      const answer = await geoRecord(id, context);
      if (!answer.found) texts.refused.set(id, answer.verdict);
      else if (answer.sample !== null) texts.samples.set(id, answer.sample);
    } catch (cause) {
      texts.failed.set(id, asCellineError(cause));
    }
  }
  return texts;
}

function bySeries(wanted: readonly WantedText[]): Map<string | null, WantedText[]> {
  const groups = new Map<string | null, WantedText[]>();
  for (const one of wanted) groups.set(one.series, groups.get(one.series)?.concat(one) ?? [one]);
  return groups;
}
