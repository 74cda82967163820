/** CRC-32C, as LevelDB stores it with its blocks. */

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1
  return crc
})

/** CRC-32C of `bytes[from..to]`, in the masked form in which LevelDB stores it. */
export function maskedCrc32c(bytes: Uint8Array, from: number, to: number): number {
  let crc = -1
  for (let i = from; i < to; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
  crc = ~crc
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
