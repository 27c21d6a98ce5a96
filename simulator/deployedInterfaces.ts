import { type Deployment, resourcesOfType, subnetById } from "./deployment";
import type { NetworkInterface, Tags } from "./ec2";

/** The interfaces that a program made, as EC2 has them before anybody holds one. */
export function deployedInterfaces(deployment: Deployment): NetworkInterface[] {
  const associations = resourcesOfType(deployment, "aws:ec2/eipAssociation:EipAssociation");
  const publicIps = new Map(
    associations.map(({ inputs, outputs }) => [
      inputs.networkInterfaceId,
      String(outputs.publicIp),
    ]),
  );
  return resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface").map(
    ({ id, inputs, outputs }) => {
      const [address = "", ...secondaryAddresses] = outputs.privateIps as string[];
      return {
        id,
        subnet: subnetById(deployment, inputs.subnetId),
        address,
        secondaryAddresses,
        ipv6Addresses: outputs.ipv6Addresses as string[],
        publicIp: publicIps.get(id),
        sourceDestCheck: inputs.sourceDestCheck !== false,
        macAddress: String(outputs.macAddress),
        tags: inputs.tags as Tags,
      };
    },
  );
}
