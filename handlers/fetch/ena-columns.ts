import { BadResponseError, bodyFault, type HandlerContext, HttpStatusError } from '../../src/ports/handler.ts';
import { ENA_KEY_COLUMNS, ENA_RUN_COLUMNS, type EnaRunColumn } from '../ena/run-row.ts';
import { noteDrift } from './drift.ts';
import { ENDPOINTS } from './endpoints.ts';

/** The name of ENA's run table in warnings. */
export const ENA_RUN_TABLE = ENDPOINTS.enaSearch.name;

const MEMO = 'ena:refused';

/** Columns that ENA has refused in this command. */
function refusedOf({ memo }: HandlerContext): Set<string> {
  const known = memo.get(MEMO);
  if (known instanceof Set) return known as Set<string>;
  const refused = new Set<string>();
  memo.set(MEMO, refused);
  return refused;
}

/** The columns that are worth asking for: all, but for those that ENA has refused in this command. */
export function enaColumns(context: HandlerContext): readonly EnaRunColumn[] {
  const refused = refusedOf(context);
  return ENA_RUN_COLUMNS.filter((column) => !refused.has(column));
}

/**
 * Asks for run rows with all columns. When ENA refuses some (400 "Invalid fieldName(s) supplied"), it is asked again without them,
 * for the rest of the command too; a text that does not name them costs some requests to find out. A refused key column is an error.
 */
export async function withEnaColumns<T>(
  ask: (columns: readonly EnaRunColumn[]) => Promise<T>,
  context: HandlerContext,
): Promise<T> {
  for (;;) {
    const columns = enaColumns(context);
    try {
      return await ask(columns);
    } catch (error) {
      const said = fieldRefusal(error);
      if (said === null) throw error;
      const named = columns.filter((column) => said.split(/[^a-z0-9_]+/).includes(column));
      const refused = named.length > 0 ? named : await findRefused(optional(columns), ask);
      if (refused.length === 0) throw error;
      if (refused.some(isKey)) throw keyRefused(refused.filter(isKey), error);
      for (const column of refused) refusedOf(context).add(column);
      noteDrift(ENA_RUN_TABLE, refused, context);
    }
  }
}

/** The refused ones among the columns, by asking for halves of them. */
async function findRefused(
  suspects: readonly EnaRunColumn[],
  ask: (columns: readonly EnaRunColumn[]) => Promise<unknown>,
): Promise<readonly EnaRunColumn[]> {
  if (suspects.length === 0) return [];
  try {
    await ask([...ENA_KEY_COLUMNS, ...suspects]);
    return [];
  } catch (error) {
    if (fieldRefusal(error) === null) throw error;
  }
  if (suspects.length === 1) return suspects;
  const middle = Math.ceil(suspects.length / 2);
  const left = await findRefused(suspects.slice(0, middle), ask);
  return [...left, ...(await findRefused(suspects.slice(middle), ask))];
}

/** What ENA says about fields; null when it complains of something else. */
function fieldRefusal(error: unknown): string | null {
  if (!(error instanceof HttpStatusError) || error.status !== 400) return null;
  const { said } = error.fields;
  return typeof said === 'string' && /invalid (?:field|column)/i.test(said) ? said.toLowerCase() : null;
}

function keyRefused(columns: readonly string[], cause: unknown): BadResponseError {
  return new BadResponseError(`${ENA_RUN_TABLE}: ENA refuses ${columns.join(', ')}, without which a row is none`, {
    fields: { kind: 'wrong_header', missing: columns.join(',') },
    hint: bodyFault('wrong_header').hint,
    cause,
  });
}

function optional(columns: readonly EnaRunColumn[]): EnaRunColumn[] {
  return columns.filter((column) => !isKey(column));
}

function isKey(column: EnaRunColumn): boolean {
  return ENA_KEY_COLUMNS.includes(column);
}
