/** A region of the arena. One part holds it, from before the part is read until COS has it. */
export interface PartBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Gives the memory back; calling it twice does nothing. */
  release(): void;
}

/** A buffer whose memory `giveBack` takes, once. */
export function partBuffer(bytes: Uint8Array<ArrayBuffer>, giveBack: () => void): PartBuffer {
  let held = true;
  return {
    bytes,
    release: () => {
      if (!held) return;
      held = false;
      giveBack();
    },
  };
}
