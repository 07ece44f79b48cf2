/** Put in by the build; absent when the sources run unbuilt. */
declare const __CELLINE_VERSION__: string | undefined;

/** Version of celline as in package.json; `0.0.0-dev` when the sources run unbuilt. */
export const VERSION: string = typeof __CELLINE_VERSION__ === 'string' ? __CELLINE_VERSION__ : '0.0.0-dev';
