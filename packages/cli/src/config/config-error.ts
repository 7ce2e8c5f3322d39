/**
 * The configuration file or a variable has a value that cannot be used. The message names the file or the variable and
 * the field, and never contains the value: it may be a secret in the wrong place.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
