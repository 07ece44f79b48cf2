import { errorMessage } from '../../errors/error-message.ts';
import { StoreError, type StoreFailure } from '../../errors/store-error.ts';

/** DuckDB begins each message with the kind of error; what each means, first match counts. */
const KINDS: readonly { pattern: RegExp; failure: StoreFailure; hint?: string; isDisk?: boolean }[] = [
  {
    pattern: /No space left on device|Disk quota exceeded|max_temp_directory_size/i,
    failure: 'operational',
    hint: 'The disk is full: free some space and run the command again.',
    isDisk: true,
  },
  {
    pattern: /^(Out of Memory|OutOfMemory)|(failed|could not) (to )?allocate/i,
    failure: 'operational',
    hint: 'Give the engine more memory (store.memoryLimit), or ask for fewer rows at once.',
  },
  { pattern: /^INTERRUPT/i, failure: 'operational' },
  { pattern: /^Permission Error|file system operations are disabled/i, failure: 'query' },
  {
    pattern: /Permission denied|Read-only file system/i,
    failure: 'operational',
    hint: 'Check who owns the folder and its permissions.',
    isDisk: true,
  },
  { pattern: /^Constraint Error/i, failure: 'integrity' },
  { pattern: /^(Conversion|Out of Range|Mismatch Type|Invalid Type) Error/i, failure: 'type_conversion' },
  { pattern: /^TransactionContext Error/i, failure: 'transaction' },
  { pattern: /^(Binder|Catalog) Error/i, failure: 'query', hint: 'celline schema lists the views and their columns.' },
  { pattern: /^(Parser|Syntax|Not implemented|Invalid Input) Error/i, failure: 'query' },
  { pattern: /^(IO|Connection|HTTP) Error/i, failure: 'operational' },
];

/** DuckDB's error as a StoreError, by the kind that its message names; its own text stays readable. */
export function engineError(error: unknown, sql: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = errorMessage(error);
  const kind = KINDS.find(({ pattern }) => pattern.test(message));
  // DuckDB repeats the line of the statement below, with a mark that only fits a fixed width; the statement is a field.
  // Its advice names settings of its own, that are not the user's.
  const said = message.replace(/\s*\n(LINE \d+:|Possible solutions:)[\s\S]*$/, '').trim();
  return new StoreError(kind?.failure ?? 'operational', said, {
    ...(kind?.hint === undefined ? {} : { hint: kind.hint }),
    // What the disk refuses has nothing to do with the statement.
    fields: kind?.isDisk === true ? {} : { sql: sql.length > 300 ? `${sql.slice(0, 300)}…` : sql },
    cause: error,
  });
}
