import type { ImageFile } from './image-file.ts';
import type { Superblock } from './superblock.ts';

/** One other file that holds data of the image (`struct erofs_deviceslot`). Bytes. */
export interface DeviceSlot {
  /** Length the file should have. */
  readonly lengthBytes: number;
  /** Where it begins when all devices are laid end to end; 0 when they are not. */
  readonly mappedStart: number;
}

/** The slots in order: device id 1 is the first. @throws ErofsError `truncated`, `io`. */
export function readDeviceTable(file: ImageFile, superblock: Superblock): readonly DeviceSlot[] {
  const { deviceCount, deviceTableStart, blockSize } = superblock;
  const slots: DeviceSlot[] = [];
  for (let index = 0; index < deviceCount; index += 1) {
    const slot = file.slice(deviceTableStart + index * SLOT_BYTES, SLOT_BYTES);
    slots.push({
      lengthBytes: slot.readUInt32LE(0x40) * blockSize,
      mappedStart: slot.readUInt32LE(0x44) * blockSize,
    });
  }
  return slots;
}

const SLOT_BYTES = 128;
