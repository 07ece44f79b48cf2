import { StoreError } from '../../errors/store-error.ts';

/** A point of a transaction that can be come back to. */
export interface Savepoint<Mark> {
  readonly name: string;
  readonly mark: Mark;
}

/** The savepoints of one transaction, oldest first; names are unique. */
export type Savepoints<Mark> = readonly Savepoint<Mark>[];

/** With one more; a name that is in use is marked anew, as in SQL. */
export function withSavepoint<Mark>(all: Savepoints<Mark>, name: string, mark: Mark): Savepoints<Mark> {
  if (name === '') {
    throw new StoreError('transaction', 'A savepoint needs a name.', { hint: 'Give it one: savepoint("runs").' });
  }
  return [...all.filter((one) => one.name !== name), { name, mark }];
}

/** What to come back to, and the savepoints that are left then: this one and those before it. */
export function backToSavepoint<Mark>(
  all: Savepoints<Mark>,
  name: string,
): { readonly mark: Mark; readonly left: Savepoints<Mark> } {
  const index = indexOf(all, name, 'roll back to');
  return { mark: (all[index] as Savepoint<Mark>).mark, left: all.slice(0, index + 1) };
}

/** Without a savepoint and those after it. */
export function withoutSavepoint<Mark>(all: Savepoints<Mark>, name: string): Savepoints<Mark> {
  return all.slice(0, indexOf(all, name, 'release'));
}

function indexOf<Mark>(all: Savepoints<Mark>, name: string, action: string): number {
  const index = all.findIndex((one) => one.name === name);
  if (index >= 0) return index;
  const names = all.map((one) => one.name).join(', ');
  throw new StoreError('transaction', `Cannot ${action} the savepoint ${name}: there is none of that name.`, {
    hint: names === '' ? 'This transaction has no savepoints (any more).' : `Savepoints: ${names}.`,
    fields: { savepoint: name },
  });
}
