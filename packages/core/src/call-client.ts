import { ArgumentTypeError } from "./argument-errors.ts";
import type { ClientBase } from "./client-base.ts";
import type { Method } from "./params/table.ts";
import type { ClientContext } from "./transfers/context.ts";

/** What the functions of the subpaths use of a client. It is protected there, so that no program sees it. */
interface Callable {
  call<P extends object, R>(
    method: Method,
    operation: (context: ClientContext, parameters: P) => R,
    parameters: P,
  ): R;
}

/**
 * Calls `operation` as the methods of a client do: its parameters are checked first, and `close()` stops it. Operations
 * beyond uploading are functions of a subpath, so that a program that only uploads does not load them.
 *
 * The client may be of another copy of core, as the one inside `@cosup/node` is. So it is recognized by what it has.
 * @throws {TypeError} `client` is not a client, or a parameter is wrong
 */
export function callClient<P extends object, R>(
  client: ClientBase,
  method: Method,
  operation: (context: ClientContext, parameters: P) => R,
  parameters: P,
): R {
  const given: unknown = client;
  if (typeof given !== "object" || given === null || !("call" in given)) {
    throw new ArgumentTypeError("cos", `${method.name} takes a client first, as createCos() returns it`);
  }
  return (given as Callable).call(method, operation, parameters);
}
