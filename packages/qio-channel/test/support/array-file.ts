import type { IOVec } from '@coaio/qio-channel';

/** A file as a plain array of bytes, with a position: what buffers and files have to agree with. */
export class ArrayFile {
  bytes: number[] = [];
  position = 0;

  read(iov: IOVec, position: number): number {
    let count = 0;
    for (const piece of iov) {
      for (let index = 0; index < piece.length; index++) {
        const byte = this.bytes[position + count];
        if (byte === undefined) return count;
        piece[index] = byte;
        count++;
      }
    }
    return count;
  }

  write(iov: IOVec, position: number): number {
    let at = position;
    for (const byte of iov.flatMap((piece) => [...piece])) {
      while (this.bytes.length < at) this.bytes.push(0);
      this.bytes[at++] = byte;
    }
    return at - position;
  }
}
