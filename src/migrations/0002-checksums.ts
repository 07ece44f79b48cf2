import type { Migration } from './migration.ts';

/**
 * Checksums of segments, the table of annotations, columns of plug-ins, and notes in the manifests of who made them. Notes
 * need no step: a manifest without them has none, and version 1 reads over them.
 */
export const CHECKSUMS: Migration = {
  version: 2,
  name: 'checksums',
  says: 'Checksums of segments, annotations, columns of plug-ins, history.',
  up: [{ step: 'add_checksums' }, { step: 'bring_back', table: 'annotations' }],
  down: [{ step: 'refuse_plugin_columns' }, { step: 'set_aside', table: 'annotations' }, { step: 'forget_checksums' }],
};
