// Adds and asks through the library as it is installed; prints what came as JSON.
import { CellineError, openProject, VERSION } from 'celline';
import schema from 'celline/schema.json' with { type: 'json' };

const events = [];
const project = await openProject({
  onEvent(event) {
    events.push(event.type);
    if (event.type === 'began') throw new Error('a listener that throws');
  },
});
const rows = [];
for await (const row of project.add(['LAB000001', 'GSM9900001', 'nonsense'])) rows.push(row);
const query = await project.query();
const answer = await query.run('SELECT key, tissue FROM samples ORDER BY key');
const samples = [];
for await (const batch of answer.rows()) samples.push(...batch);
const refusal = await query.run('SELECT nothing FROM samples').catch((error) => error);
const stop = new AbortController();
stop.abort();
const stopped = [];
for await (const row of project.add(['LAB000002'], { signal: stop.signal })) stopped.push(row.outcome);
await project.close();
console.log(
  JSON.stringify({
    version: VERSION,
    schema: schema.title,
    outcomes: Object.fromEntries(rows.map(({ id, outcome }) => [id, outcome])),
    samples,
    stopped,
    refused: refusal instanceof CellineError && refusal.code,
    events: [...new Set(events)],
  }),
);
