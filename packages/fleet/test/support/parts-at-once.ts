import type { Middleware } from "@cosup/emulator";

/** Counts the UploadPart requests that the emulator has in hand at once. */
export interface PartsAtOnce {
  readonly middleware: Middleware;
  /** The most that were in hand together so far. */
  readonly most: number;
}

/**
 * Holds the responses to UploadPart until `wanted` of them are in hand, so that what is counted does not
 * depend on how fast a part ends; later ones pass.
 *
 * @param wanted parts that must be in hand together; a test in which they never are ends by its time limit
 */
export function partsAtOnce(wanted: number): PartsAtOnce {
  let [inHand, most] = [0, 0];
  let allIn = (): void => {};
  const reached = new Promise<void>((resolve) => {
    allIn = resolve;
  });
  return {
    get most() {
      return most;
    },
    async middleware(call, next) {
      if (call.operation !== "UploadPart") return next();
      inHand += 1;
      most = Math.max(most, inHand);
      if (most >= wanted) allIn();
      await reached;
      const response = await next();
      inHand -= 1;
      return response;
    },
  };
}
