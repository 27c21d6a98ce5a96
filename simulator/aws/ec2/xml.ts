import type { Ec2 } from "./ec2";
import type { InstanceType } from "./instanceTypes";
import type { Attachment, Instance, NetworkInterface, Operator, Tags } from "./state";
import { isoTime } from "../../runtime/time";

/** An interface as reads show it to an account. */
export function interfaceXml(
  networkInterface: NetworkInterface,
  ec2: Ec2,
  account: string,
): object {
  const { id, subnet, address, macAddress, tags, attachment } = networkInterface;
  const { ownerId = account, isRequesterManaged = false, operator } = networkInterface;
  const { interfaceType = "interface" } = networkInterface;
  const freeStatus = ec2.isReady(networkInterface) ? "available" : "pending";
  return {
    networkInterfaceId: id,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    ownerId,
    requesterManaged: isRequesterManaged,
    operator: operator && operatorXml(operator),
    interfaceType,
    macAddress,
    privateIpAddress: address,
    status: attachment ? "in-use" : interfaceType === "branch" ? "associated" : freeStatus,
    tagSet: tagsXml(tags),
    attachment: attachment && { ...attachmentXml(attachment), ...holderXml(attachment, account) },
  };
}

/** Of what a service of AWS holds, no account sees the instance. */
function holderXml({ instanceId, instanceOwnerId = "" }: Attachment, account: string): object {
  return instanceOwnerId.startsWith("amazon-")
    ? { instanceOwnerId }
    : { instanceId, instanceOwnerId: instanceOwnerId || account };
}

function attachmentXml(attachment: Attachment): object {
  const { id, deviceIndex, networkCardIndex, status, deleteOnTermination } = attachment;
  const { enaSrdSpecification, enaQueueCount } = attachment;
  const place = { deviceIndex, networkCardIndex, enaSrdSpecification, enaQueueCount };
  const attachTime = isoTime(attachment.attachTimeMs);
  return { attachmentId: id, ...place, status, deleteOnTermination, attachTime };
}

export function instanceXml(instance: Instance, ec2: Ec2, account: string): object {
  const { id, type, state, subnet, tags, launchTimeMs, operator } = instance;
  const interfaces = state === "terminated" ? [] : ec2.interfacesOf(id);
  return {
    instanceId: id,
    instanceType: type,
    instanceState: { name: state },
    launchTime: isoTime(launchTimeMs),
    placement: { availabilityZone: subnet.availabilityZone },
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    operator: operator && operatorXml(operator),
    tagSet: tagsXml(tags),
    networkInterfaceSet: {
      item: interfaces.map(({ id: networkInterfaceId, ownerId = account, attachment }) => ({
        networkInterfaceId,
        ownerId,
        attachment: attachment && attachmentXml(attachment),
      })),
    },
  };
}

export function instanceTypeXml(instanceType: string, type: InstanceType): object {
  const { networkCards, maximumNetworkInterfaces, maximumEnaQueueCountPerInterface } = type;
  const item = networkCards.map(({ interfaceTypes, ...card }) => ({
    ...card,
    maximumEnaQueueCountPerInterface,
    interfaceTypeSet: { item: interfaceTypes },
  }));
  const networkInfo = {
    maximumNetworkInterfaces,
    maximumNetworkCards: networkCards.length,
    networkCards: { item },
    enaSrdSupported: type.enaSrdSupported ?? false,
    flexibleEnaQueuesSupport:
      maximumEnaQueueCountPerInterface === undefined ? "unsupported" : "supported",
  };
  return { instanceType, networkInfo };
}

function operatorXml({ principal, isHiddenByDefault = false }: Operator): object {
  return { managed: true, principal, hiddenByDefault: isHiddenByDefault };
}

function tagsXml(tags: Tags): object {
  return { item: Object.entries(tags).map(([key, value]) => ({ key, value })) };
}
