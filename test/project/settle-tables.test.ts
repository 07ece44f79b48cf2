import { expect, test } from 'vitest';
import { StoreError, type StoreFailure } from '../../src/errors/store-error.ts';
import type { CellineEvent } from '../../src/ports/reporter.ts';
import type { Store } from '../../src/ports/store.ts';
import { settleTables } from '../../src/project/settle-tables.ts';

/** Settles a store whose plain tables cannot be written for a reason. */
async function settleFailing(failure: StoreFailure): Promise<CellineEvent[]> {
  const events: CellineEvent[] = [];
  const store: Pick<Store, 'compact' | 'publish'> = {
    compact: async () => undefined,
    publish: async () => {
      throw new StoreError(failure, 'Cannot write DB/GEO_SAMPLES.parquet: the disk is full.');
    },
  };
  await settleTables({ store: store as Store, reporter: { emit: (event) => events.push(event) } }, 10);
  return events;
}

test('what was asked is stored: plain tables that a full disk does not take are a warning', async () => {
  const message = expect.stringMatching(/stored, but .* disk is full.* celline db checkpoint$/);
  expect(await settleFailing('operational')).toEqual([{ type: 'warning', message }]);
});

test('a damaged table is no warning', async () => {
  await expect(settleFailing('integrity')).rejects.toMatchObject({ failure: 'integrity' });
});
