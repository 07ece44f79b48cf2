// The bundler gives a CommonJS package that is imported dynamically a default export only: this file is imported in its place.
export {
  /** @public Connections to the service itself. */
  Agent,
  /** @public Connections through a proxy. */
  ProxyAgent,
  /** @public One request. */
  request,
} from 'undici';
