import type { JobEvent } from '../ports/reporter.ts';
import type { App } from './app-type.ts';

/** Knows which job a command has become. */
export interface JobWatch {
  /** Null: it has become none. */
  number(): string | null;
  stop(): void;
}

/** Hears the number of the job, and says which interrupted one it resumes. */
export function watchJob(app: Pick<App, 'listen' | 'say'>): JobWatch {
  let number: string | null = null;
  const hear = (event: JobEvent): void => {
    if (event.change === 'created' && event.parent === null) number = event.job;
    if (event.change === 'resuming' && event.resumes !== undefined) {
      void app.say(`Job ${event.resumes} was interrupted with the same ids; job ${event.job} asks for what it left.`);
    }
  };
  const stop = app.listen({
    emit: (event) => {
      if (event.type === 'job') hear(event);
    },
  });
  return { number: () => number, stop };
}
