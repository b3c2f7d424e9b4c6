/** How many warnings the last answer carried. A JSON aggregate that was cut is told by a warning only, and never as an error. */
import type { Connection as RawConnection } from 'mysql2';

interface Packet {
  isEOF(): boolean;
  eofWarningCount(): number;
}

/** The driver reads the closing packet of a result set, and its warning count, here; it hands the count to nobody. */
interface PacketReader {
  handlePacket?: (packet?: Packet) => void;
}

const counts = new WeakMap<RawConnection, number>();

/** Starts to note the warning count of every result set that this connection receives. */
export function watchWarnings(raw: RawConnection): void {
  const reader = raw as RawConnection & PacketReader;
  const handle = reader.handlePacket;
  if (typeof handle !== 'function') return;
  reader.handlePacket = (packet) => {
    if (packet?.isEOF()) counts.set(raw, packet.eofWarningCount());
    handle.call(reader, packet);
  };
}

/** The count of the last result set; undefined when the driver did not show one. */
export function warningCount(raw: RawConnection): number | undefined {
  return counts.get(raw);
}

/** To be called before a statement, so that no count outlives its statement. */
export function forgetWarnings(raw: RawConnection): void {
  counts.delete(raw);
}
