#!/usr/bin/env node
import { keepCompiledCode } from '../src/cli/compile-cache.ts';
import { main } from '../src/cli/main.ts';
import { processWorld } from '../src/cli/world.ts';

// What follows is loaded when it is needed, and compiled once.
keepCompiledCode();
process.exit(await main(process.argv.slice(2), processWorld()));
