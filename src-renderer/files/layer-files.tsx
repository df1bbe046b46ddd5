export function LayerFiles(_: { readonly diffId: string }) {
  return null;
}
