#!/usr/bin/env node
import { join } from 'node:path';
import { codeFolder, loadScript } from '../src/cli/code-cache.ts';

const [command = ''] = process.argv.slice(2);
// Each command needs other parts of the program; only words that can be commands name what is kept.
const name = /^[a-z]{1,20}$/.test(command) ? command : 'celline';
const script = loadScript(join(import.meta.dirname, 'program.js'), name, codeFolder(process.env));
const { run } = script.exports as typeof import('./program.ts');

void run().then((code) => {
  if (code === 0 && !process.argv.includes('--help')) script.keep();
  process.exit(code);
});
