/**
 * A dispatcher of undici 6, 7 or 8. Described here, and not by undici's types: this package contains the part of undici
 * that it runs, so a program need not install undici.
 */
export interface UndiciDispatcher {
  dispatch(options: never, handler: never): boolean;
}
