import type { Migration } from './migration.ts';

/** The base: immutable segments under numbered manifests, per source samples, runs, projects and files; links and asked. */
export const SEGMENTS: Migration = {
  version: 1,
  name: 'segments',
  says: 'Immutable segments under numbered manifests.',
  up: [],
  down: [],
};
