import { resolve } from 'node:path';
import type { LoadedConfig } from '../config/load.ts';
import type { EventLog } from '../log/event-log.ts';
import { keepSecrets } from './keep-secrets.ts';
import type { OpenProjectSettings } from './open-project-settings.ts';
import { createSystemClock } from './system-clock.ts';
import { createSystemProcesses, systemUser } from './system-processes.ts';

/** The log that the configuration names; null without one. Nothing is opened before the first line. */
export async function openLog(
  { config, root, secrets }: LoadedConfig,
  { command = '', reporter }: Pick<OpenProjectSettings, 'command' | 'reporter'>,
): Promise<EventLog | null> {
  const { file, fileLevel, maxBytes, keep } = config.log;
  if (file === undefined) return null;
  // Loaded only here: most commands keep none.
  const { createEventLog } = await import('../log/event-log.ts');
  const { mask } = keepSecrets(secrets, reporter);
  return createEventLog({
    path: resolve(root, file),
    level: fileLevel,
    rotation: { maxBytes, keep, now: createSystemClock().now },
    context: { command: mask(command), by: systemUser(), pid: createSystemProcesses().pid },
    warn: (message) => reporter.emit({ type: 'warning', message }),
  });
}
