// The bundler gives a CommonJS package that is imported dynamically a default export only; named ones need a static import.
// This file is imported dynamically in its place, so that undici still loads with the first request.
export {
  /** @public Opens connections ahead of their request. */
  buildConnector,
  /** @public One connection to one origin. */
  Client,
} from 'undici';
