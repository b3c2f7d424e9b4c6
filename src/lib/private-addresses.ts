/** Addresses that are not of the public internet: what others make us call must not reach what only this machine and its neighbours can. */
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Special purposes as IANA lists them; what stands for an IPv4 address inside IPv6 (NAT64, 6to4, Teredo) is among them. */
const special: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const blocked = new BlockList();
for (const [address, prefix] of special) blocked.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The IPv4 address that an IPv6 address is a spelling of. */
function unmapped(address: string): string {
  const parsed = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname;
  const [, high = '', low = ''] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(parsed) ?? [];
  if (high === '') return address;
  const number = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

/** Whether an address belongs to this machine, to a private network, or to nobody. */
export function isPrivateAddress(address: string): boolean {
  if (isIP(address) === 0) return true;
  const plain = isIP(address) === 6 ? unmapped(address) : address;
  return blocked.check(plain.replace(/%.*$/, ''), isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/** Nothing but private addresses was found. */
export class PrivateAddressError extends Error {
  constructor() {
    super('the address is private');
  }
}

/** Finds addresses as a connection wants them, the private ones left out: what is looked at is what is connected to. */
export const publicLookup: LookupFunction = (host, options, callback) => {
  resolve(host, { ...options, all: true }, (error, found) => {
    const fit = error ? [] : found.filter(({ address }) => !isPrivateAddress(address));
    const [first] = fit;
    if (error || !first) callback(error ?? new PrivateAddressError(), '', 0);
    else if (options.all) callback(null, fit);
    else callback(null, first.address, first.family);
  });
};
