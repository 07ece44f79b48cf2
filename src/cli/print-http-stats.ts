import type { EndpointFigures, HttpStats } from '../project/project.ts';
import type { App } from './app-type.ts';
import { printRows } from './print-rows.ts';
import { byteSize } from './render/byte-size.ts';
import { plural } from './render/plural.ts';

const COLUMNS = [
  { name: 'operator' },
  { name: 'endpoint' },
  { name: 'asked', numeric: true },
  { name: 'sent', numeric: true },
  { name: 'cached', numeric: true },
  { name: 'cached_percent', numeric: true },
  { name: 'bytes', numeric: true },
  { name: 'median_ms', numeric: true },
  { name: 'p95_ms', numeric: true },
  { name: 'waited_ms', numeric: true },
  { name: 'errors' },
];

/** Prints one row per endpoint, and on stderr all of them in a sentence. */
export async function printHttpStats({ from, lines, endpoints }: HttpStats, isTrace: boolean, app: App): Promise<void> {
  const causes = [...new Set(endpoints.flatMap(({ waitedMs }) => Object.keys(waitedMs)))];
  const columns = [...COLUMNS, ...causes.map((cause) => ({ name: `${cause}_ms`, numeric: true }))];
  await printRows(app, { columns, tableColumns: COLUMNS }, [endpoints.map(rowOf)]);
  if (from === null) {
    await app.say(isTrace ? 'The trace holds no request.' : 'No archive was asked yet.');
    return;
  }
  const sum = (of: (one: EndpointFigures) => number) => endpoints.reduce((total, one) => total + of(one), 0);
  const asked = sum((one) => one.asked);
  const share = Math.round((100 * sum((one) => one.free)) / asked);
  const what = `${plural(asked, 'request')}, ${sum((one) => one.sent)} sent, ${share} % answered without, ${byteSize(BigInt(sum((one) => one.bytes)))}`;
  const whence = isTrace ? `in ${plural(lines, 'line')}` : `of ${plural(lines, 'command')}`;
  await app.say(`${what}; ${whence} since ${from}.`);
}

function rowOf({ medianMs, p95Ms, waitedMs, errors, free, ...figures }: EndpointFigures) {
  const waits = Object.entries(waitedMs).map(([cause, ms]) => [`${cause}_ms`, Math.round(ms)]);
  return {
    ...figures,
    cached: free,
    cached_percent: Math.round((100 * free) / figures.asked),
    median_ms: medianMs,
    p95_ms: p95Ms,
    waited_ms: Math.round(Object.values(waitedMs).reduce((total, ms) => total + ms, 0)),
    errors: listText(errors),
    ...Object.fromEntries(waits),
  };
}

/** `network_error 2, bad_response 1`; null for none. */
function listText(counts: Readonly<Record<string, number>>): string | null {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.length === 0 ? null : some.map(([name, count]) => `${name} ${count}`).join(', ');
}
