/** Arrays of numbers that grow together with what is appended to them. */
type NumberArray = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** The array itself while `count` elements fit, else a larger copy (at least half as large again). */
export function withRoom<Numbers extends NumberArray>(array: Numbers, count: number): Numbers {
  if (count <= array.length) return array;
  return copyInto(array, Math.max(count, Math.ceil(array.length * 1.5), 16));
}

/** A copy without spare room, or the array itself when little would be saved. */
export function trimmed<Numbers extends NumberArray>(array: Numbers, count: number): Numbers {
  return array.length - count <= array.length / 16 ? array : copyInto(array, count);
}

function copyInto<Numbers extends NumberArray>(array: Numbers, length: number): Numbers {
  const copy = new (array.constructor as new (length: number) => Numbers)(length);
  copy.set(array.length <= length ? array : array.subarray(0, length));
  return copy;
}
