import { type Deployment, resourcesOfType, subnetById } from "./engine";
import type { NetworkInterface, Tags } from "../aws/ec2/state";

/** The interfaces that a program made or tagged, as EC2 has them before anybody holds one. */
export function deployedInterfaces(deployment: Deployment): NetworkInterface[] {
  return [...madeInterfaces(deployment), ...givenInterfaces(deployment)];
}

function madeInterfaces(deployment: Deployment): NetworkInterface[] {
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

function givenInterfaces(deployment: Deployment): NetworkInterface[] {
  const given = resourcesOfType(deployment, "aws:ec2/tag:Tag");
  return deployment.givenInterfaces.map(({ id, subnetId, address, macAddress, tags }) => {
    const own = given.filter(({ inputs }) => inputs.resourceId === id);
    const pairs = own.map(({ inputs }) => [String(inputs.key), String(inputs.value)]);
    return {
      id,
      subnet: subnetById(deployment, subnetId),
      address,
      macAddress,
      tags: { ...tags, ...(Object.fromEntries(pairs) as Tags) },
    };
  });
}
