#!/usr/bin/env node
import { main } from '../src/cli/main.ts';
import { processWorld } from '../src/cli/world.ts';

process.exit(await main(process.argv.slice(2), processWorld()));
