import { pick } from "./pick.ts";
import { type Rig, UNIT } from "./rig.ts";
import { track } from "./untracked-work.ts";

type Headers = Record<string, string>;
type Action = "put" | "parts" | "append" | "abort" | "delete";

/** A value of the second writer in place of a header that the call asks for. */
const OTHERS: Readonly<Headers> = {
  "content-type": "text/plain",
  "cache-control": "no-cache",
  "x-cos-meta-owner": "theirs",
  "x-cos-storage-class": "STANDARD_IA",
  "x-cos-acl": "public-read",
  "x-cos-tagging": "team=theirs",
};

/** A second writer of the same bytes to the same key, independent of the client. */
export class Rival {
  readonly #rig: Rig;
  readonly #key: string;
  readonly #bytes: Uint8Array;
  /** What the client's call asks for, as headers. */
  readonly #asked: Readonly<Headers>;
  /** Where it appends; undefined: it stores whole objects. */
  readonly #position: number | undefined;
  #carriedAll = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(rig: Rig, key: string, bytes: Uint8Array, asked: Readonly<Headers>, position?: number) {
    this.#rig = rig;
    this.#key = key;
    this.#bytes = bytes;
    this.#asked = asked;
    this.#position = position;
  }

  /** Whether it has ever stored an object with everything the call asks for. */
  get hasCarriedAll(): boolean {
    return this.#carriedAll;
  }

  /** Acts `times` times at random instants of the network, until the returned function is called. */
  actDuring(times: number): () => void {
    const { random, network } = this.#rig;
    const instants = new Set(Array.from({ length: times }, () => random.between(1, 45)));
    const atComplete = times > 0 && random.next() < 0.5;
    let instant = 0;
    const listener: Parameters<typeof network.listeners.add>[0] = (moment, { operation }) => {
      instant += 1;
      // The worst moment: everything is sent, and it is open whose object will be at the key.
      if (atComplete && operation === "Complete" && moment === "sent" && random.next() < 0.5)
        void this.act(pick(random, ["put", "parts"])).then(() => this.act("abort"));
      if (!instants.has(instant)) return;
      const actions = ["put", "put", "parts", "parts", "abort", "delete"] as const;
      void this.act(
        this.#position === undefined ? pick(random, actions) : pick(random, ["append", "delete"]),
      );
    };
    network.listeners.add(listener);
    return () => network.listeners.delete(listener);
  }

  /** One action at a time, so that it does not abort its own upload. */
  act(action: Action): Promise<void> {
    this.#turn = track(this.#turn.then(() => this.#act(action)));
    return this.#turn;
  }

  async #act(action: Action): Promise<void> {
    const { service } = this.#rig;
    const headers = this.#draw();
    if (action === "delete") await service.erase(this.#key);
    else if (action === "append") await service.plantAppend(this.#key, this.#position ?? 0, this.#bytes);
    else if (action === "put") await service.plant(this.#key, this.#bytes, headers);
    else if (action === "parts") await service.plantInParts(this.#key, this.#parts(), headers);
    else
      for (const { key, uploadId } of await service.uploads())
        if (key === this.#key) await service.abort(key, uploadId);
    const stored = action === "put" || action === "parts";
    if (stored && this.#carries(headers)) this.#carriedAll = true;
  }

  /** Parts of the size that the client uses: the ETag then ends in the same number. */
  #parts(): Uint8Array[] {
    const size = 4 * UNIT;
    const count = Math.max(1, Math.ceil(this.#bytes.length / size));
    return Array.from({ length: count }, (_, index) =>
      this.#bytes.subarray(index * size, (index + 1) * size),
    );
  }

  /** The client's headers, or some of them changed, left out, or added to. */
  #draw(): Headers {
    const { random } = this.#rig;
    const headers: Headers = { ...this.#asked };
    if (random.next() < 0.2) return headers;
    for (const [name, other] of Object.entries(OTHERS)) {
      if (random.next() < 0.6) continue;
      if (random.next() < 0.3) delete headers[name];
      else headers[name] = other;
    }
    if (random.next() < 0.3) delete headers["x-cos-server-side-encryption"];
    return headers;
  }

  #carries(headers: Headers): boolean {
    return Object.entries(this.#asked).every(([name, value]) => headers[name] === value);
  }
}
