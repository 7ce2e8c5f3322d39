import { inspect } from "node:util";

/** Credentials that must appear nowhere but in requests. */
export const SECRET_ID = "AKIDcanaryIdcanaryIdcanaryIdcanary01";
export const SECRET_KEY = "canarySecretKeycanarySecretKey01";
export const TOKEN = "canaryTokencanaryToken";

const CANARIES = [SECRET_ID, SECRET_KEY, TOKEN, "q-signature="];

/** The canary in a text, or undefined. */
export function leakIn(text: string): string | undefined {
  return CANARIES.find((canary) => text.includes(canary));
}

/** The canary in any printed form of an error, or undefined. */
export function leakOf(error: unknown): string | undefined {
  const shown = [inspect(error, { depth: 12, showHidden: true }), String(error)];
  if (error instanceof Error)
    shown.push(JSON.stringify({ ...error, message: error.message }), error.stack ?? "");
  return leakIn(shown.join("\n"));
}
