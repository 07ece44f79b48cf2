import { ConfigError } from '../errors/config-error.ts';
import type { Config } from './schema.ts';

/** Refuses to record what a recording answers: it would only be copied, without its times. */
export function checkRecording({ record, replay }: Config, sources: Readonly<Record<string, string>>): void {
  if (record === undefined || replay === undefined) return;
  throw new ConfigError(`record (${sources.record}) and replay (${sources.replay}) exclude each other`, {
    hint: 'Give one of them; to record again, leave out what sets replay.',
    fields: { record, replay },
  });
}
