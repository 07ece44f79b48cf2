// Every line below a directive must be refused: a directive above one that compiles is an error itself.

import * as celline from 'celline';
import { type CellineEvent, defineHandler, type OutcomeName, openProject, type SampleRow } from 'celline';

const project = await openProject();
const facts = { name: 'lab', source: 'LAB', baseUrl: 'https://samples.example.org' };
const pattern = { pattern: /^LAB\d{6}$/, example: 'LAB000001' };
const fetching = { fetchSample: async () => null, fetchRun: async () => null };

// @ts-expect-error there is no such setting
await openProject({ folder: '/data' });
// @ts-expect-error ids come as a list
project.add('GSM1');
// @ts-expect-error there is no such option
project.add(['GSM1'], { forced: true });
// @ts-expect-error a signal, not its controller
project.add(['GSM1'], { signal: new AbortController() });
// @ts-expect-error rows come one after the other
const rows: readonly unknown[] = project.add(['GSM1']);
// @ts-expect-error there is no such outcome
const outcome: OutcomeName = 'done';
// @ts-expect-error the table has no such column
const colour = (row: SampleRow) => row.colour;
// @ts-expect-error a file size is a bigint
await project.records.runs.update('SRR1', { file_size: 'big' });
// @ts-expect-error there is no such event
const wrong: CellineEvent['type'] = 'finished_all';
// @ts-expect-error lacks fetchRun
defineHandler({ ...facts, pattern, fetchSample: fetching.fetchSample });
// @ts-expect-error lacks the example of its pattern
defineHandler({ ...facts, ...fetching, pattern: { pattern: /^LAB\d{6}$/ } });
// @ts-expect-error a source is a text
defineHandler({ ...facts, ...fetching, pattern, source: 5 });
// @ts-expect-error a sample has no such value in a column of texts
defineHandler({ ...facts, ...fetching, pattern, fetchSample: async () => ({ title: 5 }) });
// @ts-expect-error nothing internal is public
celline.createProject;
// @ts-expect-error nor is the engine that the command line hands over
await openProject({ engine: Promise.resolve() });

export const all = [rows, outcome, colour, wrong];
