import type { ImageLayer } from '../../src-shared/domain/layer.ts';
export interface FilesTabProps {
  readonly reference: string;
  readonly layers: readonly ImageLayer[];
  readonly position: number | null;
  readonly onPositionChange: (position: number | null) => void;
}
export function FilesTab(_: FilesTabProps) {
  return null;
}
