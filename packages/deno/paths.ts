import { ArgumentTypeError } from "@cosup/core";
import { joinPath } from "@cosup/core/files";

// Where there is no Deno, `createCos` says so.
const WINDOWS = globalThis.Deno?.build.os === "windows";
/** Between the names of a path. */
export const SEPARATOR = WINDOWS ? "\\" : "/";

/** As the working directory is now; nothing is normalized, the system does that. */
export function absolute(path: string): string {
  if (path === "") return Deno.cwd();
  return isAbsolute(path) ? path : joinPath({ separator: SEPARATOR }, Deno.cwd(), path);
}

/**
 * The path that a `file:` URL names.
 * @param parameter for the error
 * @throws {TypeError} it names no local file
 */
export function fromFileUrl(url: URL, parameter = "LocalFilePath"): string {
  const refuse = (why: string): never => {
    throw new ArgumentTypeError(parameter, `must be a file: URL of a local file (${why})`);
  };
  if (url.protocol !== "file:") refuse(`it begins with ${url.protocol}`);
  if (/%2f/i.test(url.pathname)) refuse("it has an escaped /");
  let path = "";
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    refuse("its escapes are not UTF-8");
  }
  if (!WINDOWS) return url.hostname === "" ? path : refuse(`it has a host, ${url.hostname}`);
  const local = path.replaceAll("/", "\\");
  return url.hostname === "" ? local.replace(/^\\(?=[A-Za-z]:)/, "") : `\\\\${url.hostname}${local}`;
}

/** Whether a path does not depend on the working directory. */
export function isAbsolute(path: string): boolean {
  return WINDOWS ? /^([A-Za-z]:[\\/]|[\\/])/.test(path) : path.startsWith("/");
}
