import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { openQuery } from '../../src/query/open-query.ts';

// Asks the tables of a folder again and again, and closes while DuckDB is at work: later with each question.
const [dir = '', rounds = '0'] = process.argv.slice(2);
let answered = 0;
for (let round = 0; round < Number(rounds); round += 1) {
  const query = openQuery({ dir, clock: createSystemClock(), randomId: randomUUID });
  // Loaded first, so that the question below is under way at once.
  await query.parametersOf('SELECT 1');
  const asked = [
    query.run(`SELECT count(*) + ${round} FROM samples JOIN runs USING (key)`),
    query.run('SELECT * FROM files'),
    query.writeParquet('SELECT * FROM samples', [], `${dir}/out.parquet`),
  ].map((answer) => answer.then(() => (answered += 1)).catch(() => undefined));
  for (let turn = 0; turn < round * 14; turn += 1) await setImmediate();
  await query.close();
  await Promise.all(asked);
}
process.stdout.write(`${answered} answered\n`);
