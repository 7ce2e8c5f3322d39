import { HangUp, type Middleware } from "@cosup/emulator";

/** Parts on their way to the emulator: which of them are stored, and which wait until their page ends. */
export interface HeldParts {
  readonly middleware: Middleware;
  /** The numbers of the parts that were stored, in order. */
  stored: number[];
  /** Parts from this number on are not stored, and get no response. */
  heldFrom: number;
}

export function heldParts(): HeldParts {
  const parts: HeldParts = {
    stored: [],
    heldFrom: Number.POSITIVE_INFINITY,
    middleware: async (call, next) => {
      if (call.operation !== "UploadPart") return next();
      const partNumber = Number(call.query.get("partNumber"));
      if (partNumber >= parts.heldFrom) {
        // Read to its end: the close of a connection is not noticed behind bytes that nobody reads.
        for await (const _ of call.body ?? []);
        await gone(call.connection?.gone);
        throw new HangUp("close");
      }
      const response = await next();
      parts.stored.push(partNumber);
      return response;
    },
  };
  return parts;
}

function gone(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal === undefined || signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
}
