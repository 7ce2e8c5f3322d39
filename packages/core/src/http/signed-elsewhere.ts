import { raceAbort } from "../abort/race-abort.ts";
import { signedHeaders } from "../auth/signed-headers.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { RequestSpec } from "./request-spec.ts";
import type { SignedRequest, SigningContext } from "./signed-request.ts";

/** The URL of a request, and its headers with a signature that a server makes. */
export async function signedElsewhere(
  context: Pick<SigningContext, "endpoint" | "userAgent">,
  { method, Bucket, Key, query, headers, signal }: RequestSpec,
  sign: NonNullable<Runtime["signRequest"]>,
  backup: boolean,
): Promise<SignedRequest> {
  const { url } = context.endpoint.address(Bucket, Key, query, backup);
  const signature = await raceAbort(
    sign({
      Method: method,
      Bucket,
      Key: Key === "" ? undefined : Key,
      Query: Object.fromEntries(query),
      Headers: Object.fromEntries(signedHeaders(headers)),
    }),
    signal,
  );
  return { url, headers: { ...headers, ...signature, "user-agent": context.userAgent } };
}
