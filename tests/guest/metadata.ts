/** An attached network interface as instance metadata shows it. */
export interface DescribedInterface {
  macAddress: string;
  /** A new one has 0 until metadata knows better. */
  deviceNumber: number;
  /** Instances of types with one card show none. */
  networkCard?: { key: "network-card-index" | "network-card"; index: number };
  /** None until metadata knows them. */
  addresses: string[];
  subnet?: string;
}

/** What differs in the metadata of instances. */
export interface Described {
  /** By key; undefined is metadata without tags. */
  tags?: Record<string, string>;
  /** Without the primary one. */
  interfaces?: DescribedInterface[];
}

export const PRIMARY_MAC = "02:00:00:00:00:05";

const PRIMARY: DescribedInterface = {
  macAddress: PRIMARY_MAC,
  deviceNumber: 0,
  addresses: ["10.0.0.5"],
};

/** Metadata as the tree that `metadataService.ts` serves; names and forms are those of AWS's list of categories. */
export function metadataOf({ tags, interfaces = [] }: Described): string {
  const macs = [PRIMARY, ...interfaces].map((one) => [one.macAddress, treeOf(one)] as const);
  const metadata = {
    "ami-id": "ami-0abcdef1234567890",
    hostname: "ip-10-0-0-5.eu-west-1.compute.internal",
    "instance-id": "i-1234567890abcdef0",
    "instance-type": "t4g.micro",
    "local-ipv4": "10.0.0.5",
    mac: PRIMARY_MAC,
    network: { interfaces: { macs: Object.fromEntries(macs) } },
    placement: { "availability-zone": "eu-west-1a", region: "eu-west-1" },
    ...(tags === undefined ? {} : { tags: { instance: tags } }),
  };
  return JSON.stringify({ latest: { dynamic: {}, "meta-data": metadata } });
}

function treeOf({ macAddress, deviceNumber, networkCard, addresses, subnet }: DescribedInterface) {
  return {
    "device-number": String(deviceNumber),
    "interface-id": `eni-${macAddress.replaceAll(":", "")}00000`,
    ...(addresses.length === 0 ? {} : { "local-ipv4s": addresses.join("\n") }),
    mac: macAddress,
    ...(networkCard === undefined ? {} : { [networkCard.key]: String(networkCard.index) }),
    "owner-id": "123456789012",
    "security-group-ids": "sg-0123456789abcdef0",
    "subnet-id": "subnet-0123456789abcdef0",
    "subnet-ipv4-cidr-block": subnet ?? "10.0.0.0/24",
    "vpc-id": "vpc-0123456789abcdef0",
    "vpc-ipv4-cidr-block": "10.0.0.0/16",
    "vpc-ipv4-cidr-blocks": "10.0.0.0/16",
  };
}
