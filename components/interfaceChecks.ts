import { type Mistake, show } from "./mistakes";

/** A network interface that exists already, as AWS shows it. */
export interface ExistingInterface {
  networkInterfaceId: string;
  availabilityZone: string;
  subnetId: string;
  vpcId: string;
  privateIp: string;
  macAddress: string;
  ipv6Addresses: string[];
  securityGroups: string[];
  interfaceType: string;
  tags: Record<string, string>;
  attachment?: InterfaceAttachment;
}

export interface InterfaceAttachment {
  attachmentId: string;
  /** Empty where a service of AWS holds the interface. */
  instanceId: string;
  instanceOwnerId: string;
  deviceIndex: number;
  networkCardIndex: number;
  deleteOnTermination: boolean;
}

/** The pool that interfaces are to be in, and what the program says of them. */
export interface AdoptingPool {
  name: string;
  tagKey: string;
  subnetId?: string;
}

/**
 * Finds interfaces that can't be in a pool. One that an instance without the pool tag holds can: the manager
 * leaves it there until the instance lets it go. Paths start with the interface's index; one that couldn't be
 * read is undefined.
 */
export function checkInterfaces(
  interfaces: (ExistingInterface | undefined)[],
  pool: AdoptingPool,
): Mistake[] {
  const first = interfaces.find((one) => one !== undefined);
  return interfaces.flatMap((one, index) => {
    if (one === undefined || first === undefined) return [];
    const messages = [
      ...checkUse(one),
      ...checkPoolTag(one, pool),
      ...checkPlace(one, first, pool.subnetId),
    ];
    return messages.map((message) => ({
      path: [index],
      message: `is ${one.networkInterfaceId}, ${message}`,
    }));
  });
}

function checkUse({ networkInterfaceId, interfaceType, attachment }: ExistingInterface): string[] {
  if (interfaceType !== "interface") {
    return [`which is of type ${interfaceType}; write one of type interface`];
  }
  if (attachment === undefined) return [];
  const { attachmentId, instanceId, instanceOwnerId, deviceIndex, networkCardIndex } = attachment;
  if (instanceId === "") {
    return [`which a service of AWS holds (${instanceOwnerId}); write one of your own`];
  }
  if (deviceIndex === 0 && networkCardIndex === 0) {
    const found = `the primary interface of ${instanceId}, which never comes off`;
    return [`${found}; write one that can be detached`];
  }
  if (!attachment.deleteOnTermination) return [];
  const found = `which EC2 deletes together with ${instanceId}`;
  const command = `aws ec2 modify-network-interface-attribute --network-interface-id ${networkInterfaceId}`;
  const options = `--attachment AttachmentId=${attachmentId},DeleteOnTermination=false`;
  return [`${found}; first run ${command} ${options}`];
}

function checkPoolTag({ tags }: ExistingInterface, { name, tagKey }: AdoptingPool): string[] {
  const pool = tags[tagKey];
  if (pool === undefined || pool === name) return [];
  return [`which is in pool ${show(pool)} by its tag ${tagKey}; take the tag away first`];
}

function checkPlace(
  one: ExistingInterface,
  first: ExistingInterface,
  subnetId: string | undefined,
): string[] {
  const messages: string[] = [];
  if (one.availabilityZone !== first.availabilityZone) {
    const found = `in ${one.availabilityZone}, but ${first.networkInterfaceId} is in ${first.availabilityZone}`;
    messages.push(`${found}; write interfaces of one zone`);
  }
  if (subnetId !== undefined && one.subnetId !== subnetId) {
    messages.push(`in ${one.subnetId}, but subnetId is ${subnetId}; leave subnetId out`);
  }
  return messages;
}
