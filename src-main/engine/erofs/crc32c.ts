/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) as EROFS stores it: initial value all ones, no final
 * inversion.
 */
export function crc32c(bytes: Uint8Array, initial = 0xffffffff): number {
  let crc = initial;
  for (let index = 0; index < bytes.length; index += 1) {
    crc = TABLE[(crc ^ bytes[index]!) & 0xff]! ^ (crc >>> 8);
  }
  return crc >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
