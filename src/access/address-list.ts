/** The addresses that users of a role may come from: single ones and networks (`10.0.0.0/8`, `2001:db8::/32`). */
import { BlockList, isIP } from 'node:net';

export interface AddressList {
  /** Whether anybody may come from anywhere. */
  readonly open: boolean;
  has(address: string): boolean;
}

interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** Bits; undefined for a single address. */
  readonly prefix?: number;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** An IPv4 address that an IPv6 socket met. */
const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Without the name of an interface, and as IPv4 where it is that. */
function plain(address: string): string {
  const [bare = ''] = address.trim().split('%');
  return mapped.exec(bare)?.[1] ?? bare;
}

function networkOf(text: string): Network | undefined {
  const [first = '', bits, ...more] = text.split('/');
  const address = plain(first);
  if (isIP(address) === 0 || more.length > 0) return undefined;
  const family = familyOf(address);
  if (bits === undefined) return { address, family };
  // Of a mapped address the bits would count from elsewhere.
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 'ipv4' ? 32 : 128) || address !== first.trim()) return undefined;
  return { address, family, prefix: Number(bits) };
}

/** Whether it is an address or a network. */
export function isNetwork(text: string): boolean {
  return networkOf(text) !== undefined;
}

/** The list; an entry that is neither stands for nobody, so that a slip keeps out and never lets in. */
export function addressList(texts: readonly string[]): AddressList {
  const list = new BlockList();
  for (const text of texts) {
    const network = networkOf(text);
    if (network?.prefix !== undefined) list.addSubnet(network.address, network.prefix, network.family);
    else if (network) list.addAddress(network.address, network.family);
  }
  return {
    open: texts.length === 0,
    has(given) {
      const address = plain(given);
      return isIP(address) !== 0 && list.check(address, familyOf(address));
    },
  };
}
