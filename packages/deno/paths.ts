import { ArgumentTypeError } from "@cosup/core";

const WINDOWS = Deno.build.os === "windows";
const SEPARATOR = WINDOWS ? "\\" : "/";

/** The path of a name in a directory. */
export function join(directory: string, name: string): string {
  return endsInSeparator(directory) ? directory + name : directory + SEPARATOR + name;
}

/** As the working directory is now; nothing is normalized, the system does that. */
export function absolute(path: string): string {
  if (path === "") return Deno.cwd();
  return isAbsolute(path) ? path : join(Deno.cwd(), path);
}

/** Whether a path without links is the root or lies below it. */
export function isWithin(realRoot: string, realPath: string): boolean {
  const prefix = endsInSeparator(realRoot) ? realRoot : realRoot + SEPARATOR;
  return realPath === realRoot || realPath.startsWith(prefix);
}

/**
 * The path that a `file:` URL names.
 * @throws {TypeError} it names no local file
 */
export function fromFileUrl(url: URL): string {
  const refuse = (why: string): never => {
    throw new ArgumentTypeError("LocalFilePath", `must be a file: URL of a local file (${why})`);
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

function isAbsolute(path: string): boolean {
  return WINDOWS ? /^([A-Za-z]:[\\/]|[\\/])/.test(path) : path.startsWith("/");
}

function endsInSeparator(path: string): boolean {
  return path.endsWith(SEPARATOR) || (WINDOWS && path.endsWith("/"));
}
