/** The machine and runtime that a result was measured with, as a sentence for a chart. @param {any} result */
export function measuredOn({ machine, scale }) {
  const quick = scale === "quick" ? ", quick run" : "";
  return `${machine.cpu}, Node ${machine.node.slice(1)}${quick}.`;
}
