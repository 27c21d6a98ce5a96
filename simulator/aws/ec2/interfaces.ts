import { AwsError } from "../awsError";
import {
  Ec2State,
  type NetworkInterface,
  privateAddressesOf,
  type Subnet,
  type Tags,
} from "./state";

/** An interface that is to be made. */
interface NewInterface {
  subnet: Subnet;
  securityGroupIds: string[];
  tags: Tags;
  /** The same twice makes one interface. */
  clientToken: string;
}

/** EC2's network interfaces, wherever they are attached. */
export class NetworkInterfaces extends Ec2State {
  /** What was made by a token, and of what parameters. */
  private readonly made = new Map<string, [parameters: string, made: NetworkInterface]>();

  createNetworkInterface(networkInterface: Omit<NetworkInterface, "attachment">): void {
    const { subnet } = networkInterface;
    const addresses = privateAddressesOf(networkInterface);
    for (const { address, secondaryAddresses = [], subnet: where } of this.interfaces.values()) {
      const isTaken =
        addresses.includes(address) || secondaryAddresses.some((one) => addresses.includes(one));
      if (isTaken && where.vpcId === subnet.vpcId) {
        throw new AwsError("InvalidIPAddress.InUse", "The specified address is already in use.");
      }
    }
    this.add({ ...networkInterface });
    this.touch(networkInterface.id);
  }

  /** Makes an interface with an address of EC2's choice; by a token that was used, gives what it made. */
  makeNetworkInterface({ clientToken, ...wanted }: NewInterface): NetworkInterface {
    const { random, clock, timings, faults, journal } = this.services;
    const parameters = JSON.stringify(wanted);
    const [usedFor, made] = this.made.get(clientToken) ?? [];
    const isThere = made !== undefined && this.interfaces.has(made.id);
    if (made !== undefined && (isThere || faults.undocumented.tokenOutlivesInterface)) {
      if (usedFor === parameters) return made;
      const message = "The client token has been used before with other parameters.";
      throw new AwsError("IdempotentParameterMismatch", message);
    }
    const { subnet, tags } = wanted;
    if (faults.strikes("subnetFull")) {
      const message = `There are not enough free addresses in subnet '${subnet.id}'.`;
      throw new AwsError("InsufficientFreeAddressesInSubnet", message);
    }
    const createMs = random.between(timings.create);
    const networkInterface = this.freshInterface(subnet, tags);
    networkInterface.readyAtMs = clock.nowMs + createMs;
    const { id, address } = networkInterface;
    this.made.set(clientToken, [parameters, networkInterface]);
    this.add(networkInterface);
    this.touch(id);
    this.tellOfFirstTags(networkInterface);
    clock.after(createMs, () => {
      this.touch(id);
    });
    journal.write("aws", `${address} is made in ${subnet.id}`, { networkInterfaceId: id, address });
    return networkInterface;
  }

  /** An interface with an id, an address and a MAC of EC2's choice. */
  protected freshInterface(subnet: Subnet, tags: Tags): NetworkInterface {
    const { random } = this.services;
    const id = `eni-${random.hex(17)}`;
    const address = this.freshAddress();
    const macAddress = ["06", ...Array.from({ length: 5 }, () => random.hex(2))].join(":");
    return { id, subnet, address, macAddress, tags };
  }

  private freshAddress(): string {
    const { random } = this.services;
    for (;;) {
      const address = `172.31.${random.between([0, 255])}.${random.between([4, 254])}`;
      if (!this.isTaken(address)) return address;
    }
  }

  private isTaken(address: string): boolean {
    for (const other of this.interfaces.values()) if (other.address === address) return true;
    return false;
  }

  /** Whether it has been made to its end. */
  isReady({ readyAtMs = 0 }: NetworkInterface): boolean {
    return this.services.clock.nowMs >= readyAtMs;
  }

  deleteNetworkInterface(id: string): void {
    const networkInterface = this.interfaceById(id);
    if (networkInterface.attachment !== undefined) {
      throw new AwsError("InvalidParameterValue", `Network interface '${id}' is currently in use.`);
    }
    this.interfaces.delete(id);
    this.touch(id);
  }
}
