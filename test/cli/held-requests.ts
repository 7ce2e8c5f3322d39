import type { Call, Middleware } from "@cosup/emulator";

/** Requests that the emulator holds, so that a command is half-way for as long as a test needs it. */
export interface HeldRequests {
  readonly middleware: Middleware;
  /** Holds these requests from now on. */
  hold(which: (call: Call) => boolean): void;
  /** Resolves when so many are held at once. */
  holding(count: number): Promise<void>;
  /** Lets those go on that are held, and all that come later. */
  release(): void;
}

/** The parts of each upload behind its first ones. */
export const partsBehind =
  (count: number) =>
  ({ operation, query }: Call): boolean =>
    operation === "UploadPart" && Number(query.get("partNumber")) > count;

export function heldRequests(): HeldRequests {
  let isHeld = (_call: Call): boolean => false;
  const held: (() => void)[] = [];
  const looks: (() => void)[] = [];
  return {
    hold: (which) => {
      isHeld = which;
    },
    holding: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (held.length < count) looks.push(look);
          else resolve();
        };
        look();
      }),
    release: () => {
      isHeld = () => false;
      for (const go of held.splice(0)) go();
    },
    async middleware(call, next) {
      if (!isHeld(call)) return next();
      await new Promise<void>((go) => {
        held.push(go);
        for (const look of looks.splice(0)) look();
      });
      return next();
    },
  };
}
