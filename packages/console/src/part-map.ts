import { h } from "./dom.ts";
import { bytes } from "./format.ts";
import { type Part, PartState, type PartStates } from "./part-states.ts";

/** Pixels of a cell with its gap, from many parts to few. */
const CELLS = [
  { from: 2_000, size: 6, gap: 1 },
  { from: 300, size: 10, gap: 1 },
  { from: 0, size: 16, gap: 2 },
];
/** Room for parts that are to come. */
const GROWTH = 1.25;
/** Rows of empty cells that a map of few parts has room for. */
const LEAST_ROWS = 2;

interface Colours {
  readonly none: string;
  readonly arriving: string;
  readonly stored: string;
  readonly failed: string;
  readonly retried: string;
}

/**
 * A map of parts on a canvas: a cell for each part, all of them, 10 000 at most. Each frame draws only the cells that have
 * changed since the last one, so its cost is that of the news and not that of the map.
 */
export class PartMap {
  readonly element: HTMLElement;
  readonly #canvas = h("canvas", { role: "img" });
  readonly #states: PartStates;
  readonly #hint = h("p", { className: "hint" }, "");
  #columns = 0;
  #cells = 0;
  #cell = CELLS[2] ?? { size: 16, gap: 2 };
  #colours: Colours = coloursOf(this.#canvas);
  #frame = 0;

  constructor(states: PartStates) {
    this.#states = states;
    this.element = h("div", { className: "map" }, this.#canvas, this.#hint);
    this.#canvas.addEventListener("pointermove", (event) => this.#explain(event.offsetX, event.offsetY));
    this.#canvas.addEventListener("pointerleave", () => this.#hint.replaceChildren());
    new ResizeObserver(() => this.#layOut()).observe(this.element);
  }

  /** Draws what has changed, with the next frame. */
  update(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#needed() > this.#cells) this.#layOut();
      else this.#drawChanged();
    });
  }

  /** How many cells the map should have. */
  #needed(): number {
    return Math.max(this.#states.last, this.#columns * LEAST_ROWS);
  }

  #layOut(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const { last } = this.#states;
    this.#cell = CELLS.find(({ from }) => last >= from) ?? this.#cell;
    const { size } = this.#cell;
    this.#columns = Math.max(Math.floor(width / size), 1);
    // With room for more: each change of the size draws every cell again.
    const rows = Math.ceil((this.#needed() * GROWTH) / this.#columns);
    this.#cells = rows * this.#columns;
    const scale = devicePixelRatio || 1;
    const canvas = this.#canvas;
    canvas.width = Math.round(this.#columns * size * scale);
    canvas.height = Math.round(rows * size * scale);
    canvas.style.width = `${this.#columns * size}px`;
    canvas.style.height = `${rows * size}px`;
    this.#colours = coloursOf(canvas);
    const context = canvas.getContext("2d");
    context?.scale(scale, scale);
    this.#states.takeChanged();
    for (let partNumber = 1; partNumber <= this.#cells; partNumber += 1) this.#draw(context, partNumber);
    this.#describe();
  }

  #drawChanged(): void {
    const context = this.#canvas.getContext("2d");
    for (const partNumber of this.#states.takeChanged()) this.#draw(context, partNumber);
    this.#describe();
  }

  #draw(context: CanvasRenderingContext2D | null, partNumber: number): void {
    if (context === null) return;
    const { size, gap } = this.#cell;
    const at = partNumber - 1;
    const [x, y, side] = [(at % this.#columns) * size, Math.floor(at / this.#columns) * size, size - gap];
    const part = this.#states.part(partNumber);
    context.fillStyle = this.#colourOf(part);
    context.fillRect(x, y, side, side);
    if (part?.state === PartState.Arriving) {
      context.fillStyle = this.#colours.arriving;
      const filled = Math.max(Math.round(side * part.share), 1);
      context.fillRect(x, y + side - filled, side, filled);
    }
    if (part !== undefined && (part.attempts > 1 || part.faulted)) {
      context.fillStyle = this.#colours.retried;
      const mark = Math.max(Math.round(side / 3), 2);
      context.fillRect(x + side - mark, y, mark, mark);
    }
  }

  #colourOf(part: Readonly<Part> | undefined): string {
    if (part?.state === PartState.Stored) return this.#colours.stored;
    if (part?.state === PartState.Failed) return this.#colours.failed;
    return this.#colours.none;
  }

  #describe(): void {
    const { last, stored, retries } = this.#states;
    this.#canvas.setAttribute(
      "aria-label",
      `Map of the parts: the highest number is ${last}, ${stored} are stored, ${retries} retries`,
    );
  }

  #explain(x: number, y: number): void {
    const { size } = this.#cell;
    const partNumber = Math.floor(y / size) * this.#columns + Math.floor(x / size) + 1;
    const part = this.#states.part(partNumber);
    const state = part === undefined ? "nothing yet" : NAMES[part.state];
    const attempts = part === undefined || part.attempts < 2 ? "" : `, ${part.attempts} attempts`;
    const fault = part?.faulted ? ", a fault fired" : "";
    this.#hint.textContent = `part ${partNumber}: ${state} ${bytes(part?.size || undefined)}${attempts}${fault}`;
  }
}

const NAMES: Readonly<Record<PartState, string>> = {
  [PartState.None]: "nothing yet",
  [PartState.Arriving]: "arrives",
  [PartState.Stored]: "stored",
  [PartState.Failed]: "failed",
};

/** The colours of the style sheet, in the theme of the user. */
function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element.isConnected ? element : document.documentElement);
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    none: value("cell"),
    arriving: value("accent"),
    stored: value("good"),
    failed: value("bad"),
    retried: value("warn"),
  };
}
