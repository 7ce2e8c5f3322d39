import type { App, View } from "../app.ts";
import { coalesced } from "../coalesced.ts";
import type { FaultsData, Instruction, LiveEvent, Receipt } from "../data.ts";
import { fill, h, table } from "../dom.ts";
import { isSame } from "../presets.ts";
import { showSwitches } from "./fault-switches.ts";

/** The run of requests that name none. */
const DEFAULT_RUN = "default";

/** Switches for faults, a script of one's own, and what has fired. */
export async function faultsView(app: App): Promise<View> {
  const view = new FaultsView(app);
  await view.load();
  return view;
}

class FaultsView implements View {
  readonly element = h("section", {});
  readonly title = "Faults";
  readonly #app: App;
  readonly #switches = h("fieldset", {});
  readonly #runs = h("div", {});
  readonly #script = h("textarea", { rows: 8, spellcheck: false });
  readonly #refresh = coalesced(() => void this.#app.run(() => this.load()));
  #data: FaultsData = { enabled: false, runs: [] };
  #changes: Promise<void> = Promise.resolve();

  constructor(app: App) {
    this.#app = app;
    this.#script.setAttribute("aria-label", "Fault script, JSON");
  }

  async load(): Promise<void> {
    this.#data = await this.#app.api.faults();
    if (this.element.childElementCount === 0) this.#layOut();
    showSwitches(this.#switches, this.#active(), (instruction, on) => void this.#toggle(instruction, on));
    fill(this.#runs, ...this.#data.runs.map(receiptTable));
    // Not under the hands of somebody who writes.
    if (document.activeElement !== this.#script) {
      this.#script.value = JSON.stringify(this.#active(), undefined, 2);
    }
  }

  onEvent({ requests, running, missed }: LiveEvent): void {
    if (missed > 0 || [...requests, ...running].some(({ faults }) => faults.length > 0)) this.#refresh();
  }

  #layOut(): void {
    const title = h("h2", {}, "Faults");
    const off = "Faults are off: start the emulator with the option faults: true.";
    if (!this.#data.enabled) {
      fill(this.element, title, h("p", { className: "empty" }, off));
      return;
    }
    const install = h("button", { type: "button", onclick: () => void this.#installScript() }, "Install");
    const own = h("details", {}, h("summary", {}, "A script of your own"), this.#script, install);
    fill(this.element, title, this.#switches, own, h("h3", {}, "What has fired"), this.#runs);
  }

  #active(): readonly Instruction[] {
    const run = this.#data.runs.find(({ run }) => run === DEFAULT_RUN);
    return run?.instructions.map(({ instruction }) => instruction) ?? [];
  }

  /** One after the other: each begins with what the one before has left. */
  #toggle(instruction: Instruction, on: boolean): Promise<void> {
    this.#changes = this.#changes.then(() => {
      const others = this.#active().filter((each) => !isSame(each, instruction));
      return this.#install(on ? [...others, instruction] : others);
    });
    return this.#changes;
  }

  #installScript(): Promise<void> {
    return this.#app.run(() => this.#install(JSON.parse(this.#script.value) as unknown[]));
  }

  async #install(instructions: readonly unknown[]): Promise<void> {
    await this.#app.run(async () => {
      if (instructions.length === 0) await this.#app.api.removeFaults(DEFAULT_RUN);
      else await this.#app.api.installFaults(DEFAULT_RUN, instructions);
    });
    // Also after a refusal: the switches show what is.
    await this.#app.run(() => this.load());
  }
}

function receiptTable({ run, requests, instructions }: Receipt): HTMLElement {
  const rows = instructions.map(({ instruction, matched, fired }) => [
    h("code", {}, `${instruction.op} ${instruction.when}`),
    h(
      "code",
      {},
      typeof instruction.fault === "string" ? instruction.fault : JSON.stringify(instruction.fault),
    ),
    String(matched),
    h("strong", {}, String(fired)),
  ]);
  const hint = h("p", { className: "hint" }, `Run ${run}, ${requests} requests`);
  return h("section", {}, hint, table(`Run ${run}`, ["Request", "Fault", "Matched", "Fired"], rows));
}
