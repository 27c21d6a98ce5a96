import type { Ec2 } from "./ec2";
import type { Resource } from "../iam";
import type { Query } from "../queryProtocol";
import type { ApiCall } from "../apiAction";
import { checkEnaSettings, checkHolder, checkUnmanaged } from "./rules";
import type { Ec2Services, EnaSettings, NetworkInterface, Subnet } from "./state";

/** What the actions of EC2's API work on. */
export interface Ec2ApiServices extends Pick<Ec2Services, "clock" | "faults"> {
  ec2: Ec2;
  /** The account that calls. */
  account: string;
  arnOf: (resource: string, ownerId?: string) => string;
  subnetOf: (id: string) => Subnet;
}

export function readAttach(services: Ec2ApiServices, query: Query): ApiCall {
  const { ec2 } = services;
  const id = query.text("NetworkInterfaceId");
  const instanceId = query.text("InstanceId");
  const deviceIndex = query.number("DeviceIndex", NaN);
  const card = query.number("NetworkCardIndex", 0);
  const settings = readEnaSettings(query);
  return {
    subject: `${id} to ${instanceId} at ${card}/${deviceIndex}`,
    resources: () =>
      pairResources(services, ec2.interfaceById(id), ec2.instanceById(instanceId).id),
    run: () => {
      const instance = ec2.instanceById(instanceId);
      checkUnmanaged(ec2.interfaceById(id));
      checkUnmanaged(instance);
      checkEnaSettings(settings, instance);
      const attachment = ec2.attachNetworkInterface(id, instanceId, deviceIndex, card);
      ec2.setEnaSettings(id, attachment, settings);
      return { attachmentId: attachment.id, networkCardIndex: card };
    },
  };
}

function readEnaSettings(query: Query): EnaSettings {
  const srd = query.structure("EnaSrdSpecification");
  const udp = srd.structure("EnaSrdUdpSpecification");
  const isEnabled = srd.optional("EnaSrdEnabled");
  const enaSrdUdpSpecification = {
    enaSrdUdpEnabled: udp.optional("EnaSrdUdpEnabled") === "true",
  };
  for (const structure of [udp, srd]) structure.end();
  const enaSrdSpecification = { enaSrdEnabled: isEnabled === "true", enaSrdUdpSpecification };
  const queueCount = query.optional("EnaQueueCount");
  return {
    ...(isEnabled !== undefined && { enaSrdSpecification }),
    ...(queueCount !== undefined && { enaQueueCount: Number(queueCount) }),
  };
}

export function readDetach(services: Ec2ApiServices, query: Query): ApiCall {
  const { ec2, faults, arnOf } = services;
  const attachmentId = query.text("AttachmentId");
  const force = query.optional("Force") === "true";
  return {
    subject: `${attachmentId}${force ? " by force" : ""}`,
    resources: () => {
      const isOff = ![...ec2.interfaces.values()].some(
        ({ attachment }) => attachment?.id === attachmentId,
      );
      // EC2 may find no tags on an attachment that is gone, and so refuse.
      if (isOff && faults.undocumented.refusesWhatIsOff) {
        return [{ arn: arnOf("network-interface/*"), tags: {} }];
      }
      const { networkInterface, attachment } = ec2.attachmentById(attachmentId);
      return pairResources(services, networkInterface, attachment.instanceId);
    },
    run: () => {
      const { networkInterface, attachment } = ec2.attachmentById(attachmentId);
      checkUnmanaged(networkInterface);
      checkHolder(attachment);
      ec2.detachNetworkInterface(attachmentId, force);
      return { return: true };
    },
  };
}

export function readModify(services: Ec2ApiServices, query: Query): ApiCall {
  const { ec2 } = services;
  const id = query.text("NetworkInterfaceId");
  const attachment = query.structure("Attachment");
  const attachmentId = attachment.text("AttachmentId");
  const isDeleted = attachment.text("DeleteOnTermination") === "true";
  attachment.end();
  return {
    subject: `${id}: delete on termination ${isDeleted}`,
    resources: () => {
      const networkInterface = ec2.interfaceById(id);
      const { instanceId = "*" } = networkInterface.attachment ?? {};
      return pairResources(services, networkInterface, instanceId);
    },
    run: () => {
      checkUnmanaged(ec2.interfaceById(id));
      ec2.setDeleteOnTermination(id, attachmentId, isDeleted);
      return { return: true };
    },
  };
}

/** An interface as calls on it are authorised. */
export function interfaceResource(
  { arnOf }: Ec2ApiServices,
  { id, ownerId, tags }: NetworkInterface,
): Resource {
  return { arn: arnOf(`network-interface/${id}`, ownerId), tags };
}

/** An interface, and an instance that it is attached to or is to be; no tags of another account's instance count. */
function pairResources(
  services: Ec2ApiServices,
  networkInterface: NetworkInterface,
  instanceId: string,
): Resource[] {
  const { ownerId, tags = {} } = services.ec2.instances.get(instanceId) ?? {};
  const arn = services.arnOf(`instance/${instanceId}`, ownerId);
  const instance = { arn, tags: ownerId === undefined ? tags : {} };
  return [interfaceResource(services, networkInterface), instance];
}
