import type { CommandModule } from './command-type.ts';

/** Loads a command's file when the command is run, and only then. The options are the file's own affair. */
type Loader = () => Promise<CommandModule<unknown>>;

/** The file of each command, by its words (`add`, `db log`). */
export const LOADERS: Readonly<Record<string, Loader>> = {
  add: () => import('./commands/add.ts'),
  refresh: () => import('./commands/refresh.ts'),
  urls: () => import('./commands/urls.ts'),
  show: () => import('./commands/show.ts'),
  list: () => import('./commands/list.ts'),
  diff: () => import('./commands/diff.ts'),
  query: () => import('./commands/query.ts'),
  stats: () => import('./commands/stats.ts'),
  schema: () => import('./commands/schema.ts'),
  resolve: () => import('./commands/resolve.ts'),
  annotate: () => import('./commands/annotate.ts'),
  rm: () => import('./commands/rm.ts'),
  export: () => import('./commands/export.ts'),
  import: () => import('./commands/import.ts'),
  'db log': () => import('./commands/db/log.ts'),
  'db rollback': () => import('./commands/db/rollback.ts'),
  'db backup': () => import('./commands/db/backup.ts'),
  'db backups': () => import('./commands/db/backups.ts'),
  'db restore': () => import('./commands/db/restore.ts'),
  'db gc': () => import('./commands/db/gc.ts'),
  'db status': () => import('./commands/db/status.ts'),
  'db migrate': () => import('./commands/db/migrate.ts'),
  'db checkpoint': () => import('./commands/db/checkpoint.ts'),
  'db check': () => import('./commands/db/check.ts'),
  init: () => import('./commands/init.ts'),
  config: () => import('./commands/config.ts'),
  handlers: () => import('./commands/handlers.ts'),
  doctor: () => import('./commands/doctor.ts'),
  completion: () => import('./commands/completion.ts'),
};
