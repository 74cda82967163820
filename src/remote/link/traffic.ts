/** Frames and bytes of a link, over all of its connections. */
export class Traffic {
  bytesIn = 0
  bytesOut = 0
  framesIn = 0
  framesOut = 0

  countIn(bytes: number): void {
    this.framesIn += 1
    this.bytesIn += bytes
  }

  countOut(bytes: number): void {
    this.framesOut += 1
    this.bytesOut += bytes
  }

  /** Of a connection whose link was not known before. */
  add({ bytesIn, bytesOut, framesIn, framesOut }: Traffic): void {
    this.bytesIn += bytesIn
    this.bytesOut += bytesOut
    this.framesIn += framesIn
    this.framesOut += framesOut
  }
}
