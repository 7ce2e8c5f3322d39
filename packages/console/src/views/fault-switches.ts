import type { Instruction } from "../data.ts";
import { fill, h } from "../dom.ts";
import { isSame, PRESETS } from "../presets.ts";

/** Shows a switch for each preset, and for each other instruction that is installed. */
export function showSwitches(
  fieldset: HTMLFieldSetElement,
  active: readonly Instruction[],
  toggle: (instruction: Instruction, on: boolean) => void,
): void {
  const others = active.filter((each) => !PRESETS.some(({ instruction }) => isSame(instruction, each)));
  const rows = [
    ...PRESETS,
    ...others.map((instruction) => ({ name: JSON.stringify(instruction), instruction })),
  ];
  const labels = rows.map(({ name, instruction }) => {
    const checked = active.some((each) => isSame(each, instruction));
    const box = h("input", { type: "checkbox", checked, role: "switch" });
    box.onchange = () => toggle(instruction, box.checked);
    return h("label", { className: "switch" }, box, h("span", {}, name));
  });
  // The keyboard stays at the switch that was pressed.
  const at = [...fieldset.querySelectorAll<Element>("input")].indexOf(document.activeElement ?? fieldset);
  const legend = "Requests that name no run";
  const hint = h("p", { className: "hint" }, "Each change begins the counts again.");
  fill(fieldset, h("legend", {}, legend), ...labels, hint);
  fieldset.querySelectorAll("input")[at]?.focus();
}
