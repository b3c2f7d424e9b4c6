/** Finds what MP4 and QuickTime films say of themselves: cameras write it behind the pictures, at the end of the file. */
import type { ByteRange } from './types.ts';

/** Bytes of a part of the content. */
export type ReadPart = (range: ByteRange) => Promise<Buffer>;

/** The types of files that are made of boxes. */
const boxed = new Set(['video/mp4', 'video/quicktime', 'video/x-m4v', 'audio/mp4', 'audio/x-m4a', 'video/3gpp', 'video/3gpp2']);
/** Of a box's size, where it is written in 64 bits. */
const headBytes = 16;
/** Boxes that are looked at. */
const most = 32;

export interface FilmIndex {
  readonly box: Buffer;
  /** Not within the head. */
  readonly behind: boolean;
}

interface Box {
  readonly name: string;
  readonly size: number;
}

function boxOf(bytes: Buffer): Box | undefined {
  if (bytes.length < 8) return undefined;
  const short = bytes.readUInt32BE(0);
  const size = short === 1 && bytes.length >= headBytes ? Number(bytes.readBigUInt64BE(8)) : short;
  // One without a size goes on to the end.
  return size >= 8 ? { name: bytes.toString('latin1', 4, 8), size } : undefined;
}

/**
 * The box that tells of all others, of content that begins with `head` and has `size` bytes: `moov` (ISO/IEC 14496-12 §8.2.1), wherever it
 * is. Undefined for what has none, or one of more than `mostBytes`.
 */
export async function filmIndex(
  head: Buffer,
  type: string,
  size: number,
  mostBytes: number,
  read: ReadPart,
): Promise<FilmIndex | undefined> {
  if (!boxed.has(type)) return undefined;
  const part = async (start: number, end: number): Promise<Buffer> =>
    end <= head.length ? head.subarray(start, end) : read({ start, end: end - 1 });
  let at = 0;
  for (let seen = 0; seen < most && at + 8 <= size; seen += 1) {
    const box = boxOf(await part(at, Math.min(at + headBytes, size)));
    if (!box) return undefined;
    const end = at + box.size;
    if (box.name === 'moov') {
      return end <= size && box.size <= mostBytes ? { box: await part(at, end), behind: end > head.length } : undefined;
    }
    at = end;
  }
  return undefined;
}

/** How long the film is, by the header `mvhd` in its index (§8.2.2); undefined where it is not said there, as in films of fragments. */
export function filmSeconds({ box: index }: FilmIndex): number | undefined {
  for (let at = 8; at + 8 <= index.length; ) {
    const box = boxOf(index.subarray(at));
    if (!box) return undefined;
    const body = index.subarray(at + 8, at + box.size);
    if (box.name === 'mvhd' && body.length >= 32) {
      const [scale, length] =
        body[0] === 1 ? [body.readUInt32BE(20), Number(body.readBigUInt64BE(24))] : [body.readUInt32BE(12), body.readUInt32BE(16)];
      return scale > 0 && length > 0 && length < 0xffff_ffff ? length / scale : undefined;
    }
    at += box.size;
  }
  return undefined;
}
