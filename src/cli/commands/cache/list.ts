import type { PrintRow } from '../../../formats/cell.ts';
import type { AnswerFilter, CachedAnswer } from '../../../ports/cache-care.ts';
import type { App } from '../../app-type.ts';
import { answerRow, FULL_COLUMNS, TABLE_COLUMNS } from '../../cached-answer-row.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet, optionalNumber, optionalText } from '../../flag-values.ts';
import { printRows } from '../../print-rows.ts';

/** What `celline cache list` was asked. */
export interface ListOptions {
  readonly filter: AnswerFilter;
  readonly limit?: number;
}

/** Rows that are printed at once. */
const BATCH = 100;

/** Flags to options. */
export function parse({ flags }: CommandInput): ListOptions {
  const { url } = optionalText(flags, 'url');
  return {
    filter: {
      ...optionalText(flags, 'handler'),
      ...(url === undefined ? {} : { urlText: url }),
      ...(isSet(flags, 'stale') ? { stale: true } : {}),
      ...(isSet(flags, 'negative') ? { negative: true } : {}),
    },
    ...optionalNumber(flags, 'limit', { least: 0, isWhole: true }),
  };
}

/** Prints one row per answer, as they are found; none is a good answer. */
export async function run({ filter, limit }: ListOptions, app: App): Promise<number> {
  const cache = await (await app.openProject()).cache();
  const printing = { columns: FULL_COLUMNS, tableColumns: TABLE_COLUMNS };
  const count = await printRows(app, printing, batches(cache.list(filter), limit ?? Number.POSITIVE_INFINITY));
  if (count === 0 && limit !== 0) await app.say(`No stored answer${Object.keys(filter).length > 0 ? ' matches' : ''}.`);
  return EXIT.ok;
}

async function* batches(answers: AsyncIterable<CachedAnswer>, limit: number): AsyncIterable<readonly PrintRow[]> {
  let rows: PrintRow[] = [];
  let given = 0;
  if (limit > 0) {
    for await (const answer of answers) {
      rows.push(answerRow(answer));
      given += 1;
      if (given >= limit) break;
      if (rows.length < BATCH) continue;
      yield rows;
      rows = [];
    }
  }
  yield rows;
}
