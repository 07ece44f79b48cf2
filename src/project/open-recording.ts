import { resolve as resolvePath } from 'node:path';
import type { Config } from '../config/schema.ts';
import { createRecorder, type Recorder } from '../http/recording/recorder.ts';
import { createReplayer, type Replayer } from '../http/recording/replayer.ts';

/** What stands around, or in place of, cache and network. */
export interface OpenRecording {
  readonly layers: { readonly recorder?: Recorder; readonly replayer?: Replayer };
  /** The time of what is recorded or was replayed (ISO 8601 UTC); null without a recording, or before its first answer. */
  recordedAt(): string | null;
}

/** What a recording is opened with. */
export interface RecordingFacts {
  readonly config: Pick<Config, 'record' | 'replay'>;
  /** Folder that relative paths start from. */
  readonly root: string;
  /** When the command began (ISO 8601 UTC). */
  readonly at: string;
  readonly warn: (message: string) => void;
}

/** Opens the folder that `record` or `replay` names; `ConfigError` when it cannot be used. */
export async function openRecording({ config, root, at, warn }: RecordingFacts): Promise<OpenRecording> {
  if (config.replay !== undefined) {
    const replayer = await createReplayer(resolvePath(root, config.replay));
    return { layers: { replayer }, recordedAt: replayer.recordedAt };
  }
  if (config.record === undefined) return { layers: {}, recordedAt: () => null };
  const recorder = await createRecorder({ folder: resolvePath(root, config.record), recordedAt: at, warn });
  return { layers: { recorder }, recordedAt: () => recorder.recordedAt };
}
