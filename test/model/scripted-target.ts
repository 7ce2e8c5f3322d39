import type { PartToSend, StoredObject, UploadTarget } from "../../packages/core/src/upload/target.ts";
import { crc64Of, md5Of } from "../../packages/core/test/support/memory-target.ts";
import type { Reply, Request } from "./cos.ts";
import { asHeadShows } from "./decisions.ts";
import { FAILURES } from "./network.ts";
import type { Exchange } from "./walk.ts";

type Success = Exclude<Reply, { refused: string }>;

/** A COS that gives core the outcomes of a history of the model, and records what core asked for. */
export class ScriptedTarget implements UploadTarget {
  readonly asked: Request["op"][] = [];
  readonly #parts: readonly Uint8Array[];
  readonly #whole: Uint8Array;

  constructor(
    readonly script: readonly Exchange[],
    whole: Uint8Array,
  ) {
    this.#whole = whole;
    this.#parts = [whole.subarray(0, whole.length / 2), whole.subarray(whole.length / 2)];
  }

  async put(): Promise<never> {
    throw new Error("no upload in parts sends a PUT");
  }

  async initiate(): Promise<string> {
    return (await this.#next("initiate")).id ?? "";
  }

  async putPart(_id: string, _number: number, { body }: PartToSend): ReturnType<UploadTarget["putPart"]> {
    if (!ArrayBuffer.isView(body)) throw new Error("the model knows parts in memory only");
    const stored = { etag: md5Of(body), crc64: crc64Of(body) };
    await this.#next("part");
    return stored;
  }

  async *listParts(): ReturnType<UploadTarget["listParts"]> {
    const { parts = "" } = await this.#next("list");
    for (const [index, part] of this.#parts.entries()) {
      const held = (parts[index] ?? "-") !== "-";
      if (held) yield { partNumber: index + 1, size: part.length, etag: md5Of(part) };
    }
  }

  async complete(): Promise<StoredObject> {
    await this.#next("complete");
    const unnamed = { location: undefined, versionId: undefined, requestId: "id", headers: {} };
    return { ...unnamed, etag: "e-2", crc64: crc64Of(this.#whole) };
  }

  async abort(): Promise<void> {
    await this.#next("abort");
  }

  async head(): ReturnType<UploadTarget["head"]> {
    const { object = null } = await this.#next("head");
    const shown = asHeadShows(object);
    if (shown === undefined || object === null) return undefined;
    return { ...shown, size: this.#whole.length, crc64: object.bytes === "12" ? crc64Of(this.#whole) : 1n };
  }

  async unfinished(): Promise<string[]> {
    throw new Error("a call that does not ask for it adopts no upload");
  }

  async #next(op: Request["op"]): Promise<Success> {
    const exchange = this.script[this.asked.length];
    this.asked.push(op);
    if (exchange?.op !== op) throw new Error(`core sends ${op}, the model ${exchange?.op ?? "nothing"}`);
    if ("failure" in exchange.outcome) throw FAILURES[exchange.outcome.failure];
    return exchange.outcome.reply;
  }
}
