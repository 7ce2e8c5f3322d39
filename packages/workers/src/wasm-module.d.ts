declare module "@cosup/core/cosup.wasm" {
  const module: WebAssembly.Module;
  // biome-ignore lint/style/noDefaultExport: what an import of a .wasm file gives in Workers
  export default module;
}
