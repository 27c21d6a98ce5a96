import { readTable } from "./table";

const addressesFrom = (start: number, count: number) =>
  Array.from(
    { length: count },
    (_, index) => `10.0.${(start + index) >> 8}.${(start + index) & 255}`,
  );
const interfacesFrom = (count: number) =>
  Array.from({ length: count }, (_, index) => `eni-${index}`);
const NONE =
  'pools[0] has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds';
const OWN = "is given, but interfaces that exist already keep their own; leave it out";

/** The name, the number of interfaces and the addresses of one pool. */
export const poolCases = readTable`
the name $
  pool: { name: $ }
  => pools[0].name is empty; write the pool's name, the value of its tag
  each "" | " \t"
no name
  pools: [{ size: 1 }]
  => pools[0].name is missing; write the pool's name, the value of its tag
the name $, whose comma would make several names of it
  pool: { name: "$" }
  => pools[0].name has a comma, which parts the names of several pools in a tag; write a name without one
  each data,management | , | licence,
a name with a character that rights can't name
  pool: { name: pool-東京 }
  => pools[0].name has the character "東", which the manager's rights can't name; write characters of Latin-1
a name of 129 characters
  pool: { name: ${"n".repeat(129)} }
  => pools[0].name has 129 characters; write at most 128
a name of 128 characters
  pool: { name: ${"n".repeat(128)} }
the name $
  pool: { name: $ }
  each Zürich ÿ | __proto__ | constructor
both addresses and a size
  pool: { addresses: [10.0.0.10], size: 2 }
  => pools[0] has addresses (1) and size (2); write one of them
addresses, a size and interfaces that exist already
  pool: { addresses: [10.0.0.10], size: 2, networkInterfaceIds: [eni-free] }
  => pools[0] has addresses (1) and size (2) and networkInterfaceIds (1); write one of them
no interfaces
  pools: [{ name: licence }]
  => ${NONE}
no interfaces, but not what would follow from it
  pools: [{ name: licence, secondaryAddresses: [[10.0.0.20]], group: { maxSize: 2 } }]
  => ${NONE}
a size of $
  pool: { size: $, group: {} }
  => pools[0].size is $; write a whole number from 1 to 1000
  each 0 | -1 | 1.5 | 1001 | 5000
a size of $
  pool: { size: $ }
  each 1 | 1000
no addresses
  pool: { addresses: [] }
  => pools[0].addresses has 0 entries; write 1 to 1000
1001 addresses
  pool: { addresses: [${addressesFrom(4, 1001)}] }
  => pools[0].addresses has 1001 entries; write 1 to 1000
1000 addresses
  pool: { addresses: [${addressesFrom(4, 1000)}] }
"$" as an address
  pool: { addresses: ["$"] }
  => pools[0].addresses[0] is "$"; write an IPv4 address like 10.0.0.10
  each  | 10 | 10.0.0 | 10.0.0.256 | 010.0.0.10 | 10.0.0.010 | 0x0a.0.0.10 |  10.0.0.10 | 10.0.0.10/32 | 10.0.0.10. | ip-10-0-0-10
"$" as an address, an IPv6 one
  pool: { addresses: [10.0.0.10, "$"] }
  => pools[0].addresses[1] is "$"; write an IPv4 address like 10.0.0.10
  each ::1 | 2001:db8::1 | ::ffff:10.0.0.10
addresses of ranges that no interface has
  pool: { addresses: [0.0.0.0, 127.0.0.1, 169.254.169.254, 224.0.0.1, 240.0.0.1, 255.255.255.255] }
  => pools[0].addresses[0] is 0.0.0.0, which is reserved (unspecified); write an address of the pool's subnet
  => pools[0].addresses[1] is 127.0.0.1, which is reserved (loopback); write an address of the pool's subnet
  => pools[0].addresses[2] is 169.254.169.254, which is reserved (linkLocal); write an address of the pool's subnet
  => pools[0].addresses[3] is 224.0.0.1, which is reserved (multicast); write an address of the pool's subnet
  => pools[0].addresses[4] is 240.0.0.1, which is reserved (reserved); write an address of the pool's subnet
  => pools[0].addresses[5] is 255.255.255.255, which is reserved (broadcast); write an address of the pool's subnet
$, which another subnet could give
  pool: { addresses: [$] }
  => pools[0].addresses[0] is $, which is outside subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254
  each 10.255.0.10 | 172.16.0.10 | 172.31.255.10 | 192.168.0.10 | 100.64.0.10 | 203.0.113.10 | 198.51.100.10
an address twice
  pool: { addresses: [10.0.0.9, 10.0.0.10, 10.0.0.10] }
  => pools[0].addresses[2] is 10.0.0.10, as addresses[1] is; write every address once
further addresses, and none
  pool: { addresses: [10.0.0.10, 10.0.0.11], secondaryAddresses: [[10.0.0.20, 10.0.0.21], []], ipv6AddressCount: 0 }
a further address that is none
  pool: { addresses: [10.0.0.10, 10.0.0.11], secondaryAddresses: [[], [10.0.0.20, "::1"]] }
  => pools[0].secondaryAddresses[1][1] is "::1"; write an IPv4 address like 10.0.0.10
a further address that is another interface's first
  pool: { addresses: [10.0.0.10, 10.0.0.11], secondaryAddresses: [[10.0.0.11], []] }
  => pools[0].secondaryAddresses[0][0] is 10.0.0.11, as addresses[1] is; write every address once
a further address three times
  pool: { addresses: [10.0.0.10, 10.0.0.11], secondaryAddresses: [[10.0.0.20, 10.0.0.20], [10.0.0.20]] }
  => pools[0].secondaryAddresses[0][1] is 10.0.0.20, as secondaryAddresses[0][0] is; write every address once
  => pools[0].secondaryAddresses[1][0] is 10.0.0.20, as secondaryAddresses[0][0] is; write every address once
no lists of further addresses for an address
  pool: { addresses: [10.0.0.10], secondaryAddresses: [] }
  => pools[0].secondaryAddresses has 0 lists for 1 addresses; write one for each address in the same order, [] for none
fewer lists of further addresses than addresses
  pool: { addresses: [10.0.0.10, 10.0.0.11], secondaryAddresses: [[10.0.0.20]] }
  => pools[0].secondaryAddresses has 1 lists for 2 addresses; write one for each address in the same order, [] for none
further addresses beside a size
  pool: { size: 1, secondaryAddresses: [[10.0.0.20]] }
  => pools[0] has secondaryAddresses and size; write addresses, one for each list
$ IPv6 addresses
  pool: { ipv6AddressCount: $ }
  => pools[0].ipv6AddressCount is $; write a whole number of addresses, 0 or more
  each -1 | 0.5 | 1.5
no interfaces that exist already
  pool: { networkInterfaceIds: [] }
  => pools[0].networkInterfaceIds has 0 entries; write 1 to 1000
1001 interfaces that exist already, without asking for one
  pool: { networkInterfaceIds: [${interfacesFrom(1001)}] }
  => pools[0].networkInterfaceIds has 1001 entries; write 1 to 1000
what is no id of an interface, and one twice
  pool: { networkInterfaceIds: [eni-free, i-1, eni-free] }
  => pools[0].networkInterfaceIds[1] is "i-1"; write a network interface id like eni-0123456789abcdef0
  => pools[0].networkInterfaceIds[2] is eni-free, as networkInterfaceIds[0] is; write every interface once
what interfaces that exist already have of their own
  pool: { networkInterfaceIds: [eni-free], secondaryAddresses: [], ipv6AddressCount: 0, publicAddresses: false,
    sourceDestCheck: true, securityGroupIds: [sg-1] }
  => pools[0].secondaryAddresses ${OWN}
  => pools[0].ipv6AddressCount ${OWN}
  => pools[0].publicAddresses ${OWN}
  => pools[0].sourceDestCheck ${OWN}
  => pools[0].securityGroupIds ${OWN}
all mistakes of a pool in the order of its keys, then those that its subnet shows
  pool: { name: " ", addresses: [10.0.0.1, "::1"], group: { maxSize: 3 } }
  => pools[0].name is empty; write the pool's name, the value of its tag
  => pools[0].addresses[1] is "::1"; write an IPv4 address like 10.0.0.10
  => pools[0].group.maxSize is 3; write a whole number from 0 to 2, the interfaces of the pool
  => pools[0].addresses[0] is 10.0.0.1, which AWS reserves in subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254
`;
