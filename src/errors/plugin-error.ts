import { CellineError, type ErrorDetails } from './celline-error.ts';

/** A plug-in could not be loaded, lacks a member of the port, or returned what does not fit it. */
export class PluginError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('PLUGIN', message, details);
  }
}
