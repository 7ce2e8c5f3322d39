import { Refusal } from "./manifest-error.ts";

/** Names of fields and headers that hold credentials, also as a part of a longer name. */
const SECRET =
  /secret|token|credential|passw(or)?d|passphrase|authori[sz]ation|access[-_]?key|api[-_]?key|private[-_]?key|customer-key|signature|cookie/i;

/**
 * Refuses a field or a header that names a credential: a manifest is copied, logged and queued.
 * @throws {Refusal} `credentials`
 */
export function refuseCredentials(name: string, field: string): void {
  if (!SECRET.test(name)) return;
  throw new Refusal(
    "credentials",
    "a manifest must hold no credentials: those who run it have their own",
    field,
  );
}
