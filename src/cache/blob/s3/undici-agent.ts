// The bundler gives a CommonJS package that is imported dynamically a default export only: this file is imported in its place.
export {
  /** @public Connections, through proxies where the environment names one. */
  EnvHttpProxyAgent,
  /** @public One request. */
  request,
} from 'undici';
