// The bundler gives a CommonJS package that is imported dynamically a default export only; named ones need a static import.
// This file is imported dynamically in its place, so that undici still loads with the first request.
/** What the wire uses of undici. */
export { buildConnector, Client, EnvHttpProxyAgent, Pool } from 'undici';
