import type { Moment, Rule } from "../faults/instruction.ts";
import { type Armed, type Receipt, Run, type Subject } from "../faults/run.ts";
import { FaultScriptError, validateScript } from "../faults/validate.ts";
import { RequestIds } from "../replay/request-ids.ts";
import { instructionsOf } from "./instructions-of.ts";
import { type Exchange, type Recording, wentWrong } from "./recording.ts";

/** What an exchange is about, as a key. */
export function identityOf(
  { operation, key = "", partNumber }: Pick<Exchange, "operation" | "key" | "partNumber">,
  attempt: number,
): string {
  return JSON.stringify([operation, key, partNumber ?? 0, attempt]);
}

interface Played {
  readonly exchange: Exchange;
  readonly rules: readonly Rule[];
}

/** A run in which that goes wrong again what has gone wrong in a recording. */
export class PlaybackRun extends Run {
  readonly #byIdentity = new Map<string, Played>();
  readonly #ids = new RequestIds();
  readonly #played = new Set<Exchange>();
  #count = 0;

  /** @throws {FaultScriptError} a fault of the recording is none */
  constructor(name: string, recording: Recording) {
    super(name, []);
    for (const [index, exchange] of recording.exchanges.entries()) {
      if (exchange.operation === undefined || !wentWrong(exchange)) continue;
      const rules = validated(instructionsOf(exchange, exchange.operation), index);
      this.#byIdentity.set(identityOf(exchange, exchange.attempt), { exchange, rules });
    }
  }

  override arm(subject: Subject, _now: number): Map<Moment, Armed> {
    this.#count += 1;
    const { attempt } = this.#ids.next(subject);
    const found = this.#byIdentity.get(identityOf(subject, attempt));
    const armed = new Map<Moment, Armed>();
    for (const rule of found?.rules ?? []) {
      if (found === undefined || armed.has(rule.moment)) continue;
      armed.set(rule.moment, {
        rule,
        fire: () => {
          this.#played.add(found.exchange);
          subject.onFired(rule);
        },
        release() {},
      });
    }
    return armed;
  }

  /** The exchanges that went wrong again, and those whose turn has not come, in the order of the recording. */
  outcome(): { readonly played: readonly Exchange[]; readonly missed: readonly Exchange[] } {
    const all = [...this.#byIdentity.values()].map(({ exchange }) => exchange);
    return {
      played: all.filter((exchange) => this.#played.has(exchange)),
      missed: all.filter((exchange) => !this.#played.has(exchange)),
    };
  }

  override receipt(): Receipt {
    const instructions = [...this.#byIdentity.values()].flatMap(({ exchange, rules }) => {
      const count = this.#played.has(exchange) ? 1 : 0;
      return rules.map(({ instruction }) => ({ instruction, matched: count, fired: count, requests: [] }));
    });
    return { run: this.name, requests: this.#count, instructions };
  }
}

function validated(instructions: unknown[], index: number): readonly Rule[] {
  try {
    return validateScript(instructions);
  } catch (error) {
    if (!(error instanceof FaultScriptError)) throw error;
    const field = `recording.exchanges[${index}].faults${error.field}`;
    throw new FaultScriptError(field, error.message.slice(error.field.length + 2));
  }
}
