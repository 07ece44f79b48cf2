// The command line with one more handler, whose archive takes the credential that LAB_TAKES names.
import { main } from '../../src/cli/main.ts';
import { processWorld } from '../../src/cli/world.ts';
import { openProject } from '../../src/project/open-project.ts';
import { LAB_CHECK, labHandler } from '../support/lab-handler.ts';

const { LAB_TAKES: takes } = process.env;
const handler = labHandler({
  brings: 'private samples',
  ...(takes === 'header' ? { takes: [{ scheme: 'header', name: 'X-Lab-Token' }] } : {}),
  ...(process.env.LAB_CHECKS === '1' ? { check: LAB_CHECK } : {}),
});

process.exit(
  await main(process.argv.slice(2), processWorld(), (settings) => openProject({ ...settings, handlers: [handler] })),
);
