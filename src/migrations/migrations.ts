import { SEGMENTS } from './0001-segments.ts';
import { CHECKSUMS } from './0002-checksums.ts';
import { JOB_TABLES } from './0003-jobs.ts';
import type { Migration } from './migration.ts';

/** Every version of the store, oldest first. */
export const MIGRATIONS: readonly Migration[] = [SEGMENTS, CHECKSUMS, JOB_TABLES];
