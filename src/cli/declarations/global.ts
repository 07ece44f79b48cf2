import type { OptionDeclaration } from '../command-type.ts';
import { FORMATS } from '../global-options.ts';

/** Options that every command understands, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionDeclaration[] = [
  {
    flags: '--format <format>',
    summary: 'table, tsv, csv, json, ndjson, markdown, parquet, xlsx',
    choices: FORMATS,
  },
  { flags: '--json', summary: 'the same as --format json' },
  { flags: '-o, --output <file>', summary: 'write the data to a file instead of stdout', completes: 'file' },
  { flags: '-q, --quiet', summary: 'nothing on stderr but errors' },
  { flags: '-v, --verbose', summary: 'say more; -vv says everything' },
  { flags: '--debug', summary: 'stack traces below errors' },
  { flags: '--color', summary: 'colours even in a pipe' },
  { flags: '--no-color', summary: 'no colours (also: NO_COLOR=1)' },
  { flags: '--project-dir <folder>', summary: "the project's folder (default: found upward)", completes: 'folder' },
  { flags: '--config <file>', summary: 'the configuration file', completes: 'file' },
  { flags: '--profile <name>', summary: 'env block of the configuration (also: CELLINE_ENV)' },
  { flags: '--offline', summary: 'answer from the cache alone' },
  { flags: '--record <folder>', summary: 'keep every answer of an archive there', completes: 'folder' },
  { flags: '--replay <folder>', summary: 'answer from such a recording alone', completes: 'folder' },
  { flags: '--trace <file>', summary: 'add one JSON line per request to a file; - is stderr', completes: 'file' },
  {
    flags: '--events <file>',
    summary: 'write every event as a JSON line; - is stdout, with the rows',
    completes: 'file',
  },
];
