/** Whose files: an image's, all layers merged, or one layer's. */
export type TreeSource = { readonly reference: string } | { readonly diffId: string };

/** Tells apart trees, as a React key. */
export function keyOfTree(tree: TreeSource): string {
  return 'reference' in tree ? `image ${tree.reference}` : `layer ${tree.diffId}`;
}
