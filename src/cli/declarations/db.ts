import type { CommandDeclaration } from '../command-type.ts';

const CHECKPOINT: CommandDeclaration = {
  name: 'checkpoint',
  group: 'Keep',
  summary: 'merge all segments and bring the plain tables up to date, whatever it costs',
  description: 'Commands do this by themselves where it is cheap; large plain tables wait for it.',
  arguments: [{ name: '[tables...]', summary: 'samples, or GEO_SAMPLES (default: all)' }],
  options: [],
  examples: [
    { line: 'celline db checkpoint', says: 'every table' },
    { line: 'celline db checkpoint GEO_SAMPLES', says: 'one of them' },
  ],
};

/** `celline db`; the commands below it in the order of its help. */
export const DB: CommandDeclaration = {
  name: 'db',
  group: 'Keep',
  summary: 'look after the tables: plain files, history, going back',
  arguments: [],
  options: [],
  subcommands: [CHECKPOINT],
  examples: [{ line: 'celline db checkpoint', says: 'bring the plain Parquet files up to date' }],
};
