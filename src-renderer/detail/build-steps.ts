import type { HistoryEntry } from '../../src-shared/domain/image.ts';
import type { ImageLayer } from '../../src-shared/domain/layer.ts';

/** One line of the strata picture: a layer, or a step of the build that made none. */
export type BuildStep =
  | { readonly kind: 'layer'; readonly layer: ImageLayer; readonly history: HistoryEntry | null }
  | { readonly kind: 'metadata'; readonly history: HistoryEntry };

/**
 * The layers of an image with the steps of its build between them, last step first. Layers the history does
 * not mention come where their position puts them; without a history there are only layers.
 *
 * @param layers by position, base first
 * @param history oldest first
 */
export function listBuildSteps(
  layers: readonly ImageLayer[],
  history: readonly HistoryEntry[],
): readonly BuildStep[] {
  const steps: BuildStep[] = [];
  let next = 0;
  for (const entry of history) {
    if (entry.position === null) {
      steps.push({ kind: 'metadata', history: entry });
      continue;
    }
    for (; next < layers.length && layers[next]!.position < entry.position; next += 1) {
      steps.push({ kind: 'layer', layer: layers[next]!, history: null });
    }
    if (layers[next]?.position === entry.position) {
      steps.push({ kind: 'layer', layer: layers[next]!, history: entry });
      next += 1;
    }
  }
  for (const layer of layers.slice(next)) steps.push({ kind: 'layer', layer, history: null });
  return steps.reverse();
}

/**
 * A history command as its Dockerfile line: `/bin/sh -c #(nop)  CMD ["x"]` is `CMD ["x"]`,
 * `RUN /bin/sh -c make # buildkit` is `RUN make`. White space becomes single spaces; anything else stays.
 */
export function shortenCommand(createdBy: string): string {
  const text = createdBy.replace(/\s+/g, ' ').trim();
  const withoutMark = text.replace(/ # buildkit$/, '');
  const instruction = /^\/bin\/sh -c #\(nop\) ?(.*)$/.exec(withoutMark);
  if (instruction !== null) return instruction[1]!;
  const run = /^(?:RUN )?(?:\|\d+ (?:\S+=\S* )*)?\/bin\/sh -c (.+)$/.exec(withoutMark);
  return run === null ? withoutMark : `RUN ${run[1]!}`;
}
