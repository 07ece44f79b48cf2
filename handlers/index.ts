import type { Handler, SmallHandler } from '../src/ports/handler.ts';
import { custom } from './custom.ts';
import { geo } from './geo.ts';
import { insdc } from './insdc.ts';

/** The built-in handlers, first asked first. */
export const BUILT_IN_HANDLERS: readonly (Handler | SmallHandler)[] = [geo, insdc, custom];
