import type { CommandDeclaration } from '../command-type.ts';
import { CACHE } from './cache.ts';
import { DB } from './db.ts';
import { EXPORT, IMPORT } from './exchange.ts';
import { ADD, REFRESH, SEARCH, URLS } from './get.ts';
import { JOBS } from './jobs.ts';
import { ANNOTATE, RM } from './keep.ts';
import { DIFF, LIST, QUERY, RESOLVE, SCHEMA, SHOW, STATS } from './look.ts';
import { COMPLETION, CONFIG, DOCTOR, HANDLERS, INIT } from './set-up.ts';

/** Every command, in the order of `celline --help`. */
export const COMMANDS: readonly CommandDeclaration[] = [
  ADD,
  REFRESH,
  SEARCH,
  URLS,
  SHOW,
  LIST,
  DIFF,
  QUERY,
  STATS,
  SCHEMA,
  RESOLVE,
  ANNOTATE,
  RM,
  EXPORT,
  IMPORT,
  JOBS,
  DB,
  CACHE,
  INIT,
  CONFIG,
  HANDLERS,
  DOCTOR,
  COMPLETION,
];
