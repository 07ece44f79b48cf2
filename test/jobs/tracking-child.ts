// Runs so many jobs in a project, each with one part, as a program would: node child.mjs FOLDER COUNT.
import { openProject } from '../../src/project/open-project.ts';

const [folder = '', count = '0'] = process.argv.slice(2);
const project = await openProject({
  cwd: folder,
  env: {},
  flags: {},
  reporter: { emit: () => undefined },
  signal: new AbortController().signal,
});
for (let index = 0; index < Number(count); index += 1) {
  await project.jobs.track({ task: 'work' }, (job) => job.track({ task: 'part' }, async () => undefined));
}
await project.close();
