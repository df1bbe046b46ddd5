import type { Platform } from '../../src-shared/domain/image.ts';

/** `linux/arm64/v8`. */
export function namePlatform({ os, architecture, variant }: Platform): string {
  return variant === null ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}
