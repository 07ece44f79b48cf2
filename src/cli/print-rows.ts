import type { PrintColumn, PrintRow } from '../formats/cell.ts';
import type { App } from './app-type.ts';
import { type DataSink, writeData } from './open-data.ts';
import { outputFormat } from './output-format.ts';
import { createRowWriter } from './render/choose-writer.ts';
import type { TableSettings } from './render/table.ts';

/** What to print, and how when it is a table. */
export interface Printing {
  readonly columns: readonly PrintColumn[];
  /** Columns of a table for people, when not all. */
  readonly tableColumns?: readonly PrintColumn[];
  readonly colour?: TableSettings['colour'];
}

/** Prints rows as they come, in the format that was asked for, and gives their number. */
export async function printRows(
  app: App,
  printing: Printing,
  batches: AsyncIterable<readonly PrintRow[]> | Iterable<readonly PrintRow[]>,
): Promise<number> {
  const format = outputFormat(app.globals, app.stdout.isTerminal);
  const columns = format === 'table' ? (printing.tableColumns ?? printing.columns) : printing.columns;
  let hidden: readonly string[] = [];
  let count = 0;
  await writeData(app, async (sink) => {
    const writer = createRowWriter(format, columns, sink.write, {
      ...tableSettings(app, sink, printing),
      onHidden: (names) => {
        hidden = names;
      },
    });
    for await (const rows of batches) {
      count += rows.length;
      await writer.write(rows);
    }
    await writer.end();
  });
  if (hidden.length > 0) await app.say(`Not shown for want of room: ${hidden.join(', ')} (--format json shows all).`);
  return count;
}

/** Prints text that is no rows (URLs, a chart, a record) where the data goes. */
export async function printText(app: App, text: string): Promise<void> {
  await writeData(app, (sink) => sink.write(text));
}

function tableSettings(app: App, sink: DataSink, printing: Printing): TableSettings {
  const settings = { width: sink.columns, paint: app.stdout.paint };
  return printing.colour === undefined ? settings : { ...settings, colour: printing.colour };
}
