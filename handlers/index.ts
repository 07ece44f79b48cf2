import type { Handler } from '../src/ports/handler.ts';
import { geo } from './geo.ts';
import { insdc } from './insdc.ts';

/** The built-in handlers, first asked first. */
export const BUILT_IN_HANDLERS: readonly Handler[] = [geo, insdc];
